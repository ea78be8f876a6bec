export {
  AppendRefused, LogNotThereYet, MAX_APPEND_BYTES, MAX_EVENT_BYTES, categoryOf,
  type Append, type AppendConflict, type AppendResult, type EventStore, type ExpectedRevision, type Head, type LogFilter, type NewEvent, type Place,
  type ReadAllOptions, type ReadStreamOptions, type StoredEvent, type SubscribeOptions, type Subscription,
} from './port'
export { NotCanonical, canonicalJson, genesisLink, leafOf, linkOf } from './chain'
export { decideAppend, type AppendDecision, type AskedAppend, type KnownEvent } from './decide-append'
export { KurrentStore, lookAtKurrent, type KurrentStanding, type KurrentStoreOptions } from './kurrentdb'
export { isKurrentUrl } from './kurrentdb-connection'
export { CopyRefused, copyLog, copyToKurrent, copyToPostgres, openToCopy, planCopy, targetOfCopy, type CopyDone, type CopyTarget } from './log-copy'
export { MemoryStore, type MemoryStoreOptions } from './memory'
export { PostgresStore, type Neighbours, type PostgresStoreOptions } from './postgres'
export { StoreUnavailable, isTransient, type StoreLogger } from './postgres-connection'
export { NotForThisService, withRights, type Rights } from './with-rights'
export { findEvent } from './find-event'
export { Replay, type ReplayedEvent, type ReplayResult } from './replay'
export { verifyChain, type ChainReport, type VerifyOptions } from './verify-chain'
export { walkRange, type ChainFault, type KnownLink, type Range, type Readable, type SealedSample, type Walked, type WalkOptions } from './walk-range'
export { ContractViolation, Recorder, asRecorded, decode, ledToNewest, type RecordItem, type SealedField } from './with-sealing'
