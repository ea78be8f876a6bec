/** Names under which the composition root provides the ports. Adapters stand behind them, named only in *.module.ts. */
export const SETTINGS = Symbol('SETTINGS')
export const CLOCK = Symbol('CLOCK')
/** EventStore */
export const STORE = Symbol('STORE')
/** Vault */
export const VAULT = Symbol('VAULT')
/** KeyLife: the end of keys, and the replacement of what wraps them */
export const KEY_LIFE = Symbol('KEY_LIFE')
/** Recorder: store, vault and contracts together; what everybody uses above the store */
export const RECORDER = Symbol('RECORDER')
/** postgres.js client of the application role, for read models and quarantine */
export const DATABASE = Symbol('DATABASE')
/** AuditTrail: readings of persons' records; where the process has keys */
export const AUDIT = Symbol('AUDIT')
/** postgres.js client that reads the audit log; in operations alone */
export const AUDIT_DATABASE = Symbol('AUDIT_DATABASE')
/** Walls: what is behind the conflicts of interest of an account */
export const WALLS = Symbol('WALLS')
/** TokenVerifier */
export const VERIFIER = Symbol('VERIFIER')
/** EventBus: events of other services arrive here; the log itself, or Kafka where KAFKA_BROKERS is set */
export const BUS = Symbol('BUS')
