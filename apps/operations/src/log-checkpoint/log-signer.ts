/** NoteSigner: the log's own key, under which checkpoints are signed */
export const LOG_SIGNER = Symbol('LOG_SIGNER')
/** SecondPlace or null: the witness, where CHORUS_WITNESS names one */
export const LOG_WITNESS = Symbol('LOG_WITNESS')
