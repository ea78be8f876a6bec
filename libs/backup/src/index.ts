export { BackupRefused, readBackup, type Manifest, type Part } from './manifest'
export { readSet, restoreBackup, type Restored, type RestoreOptions } from './restore'
export type { Sealing } from './sealed-keys'
export { takeBackup, type TakeOptions } from './take'
