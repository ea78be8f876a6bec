/** Replies to those outside the safety context: what it was about, and no count from which a hold or a review could be read. */
import type { Receipt } from '@chorus/platform'

/** A receipt with its place in the log (for `after=`), but no revision: holds and reviews count in it too. `about`: a stream that is no secret, where the entry's own is. */
export const discreet = (receipt: Receipt, about: string = receipt.stream): Receipt => ({ ...receipt, stream: about, revision: 0 })
