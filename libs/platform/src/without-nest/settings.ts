/** `@chorus/platform/settings`: settings, the data folder, and the tokens that are issued in it. */
export { holdDataFolder, readRun } from '../data-folder'
export type { RunFile } from '../data-folder'
export { demonstrationKey, issueToken } from '../demonstration-issuer'
export { isUuid } from '../request-context'
export { withSecretFiles } from '../secret-files'
export { readSettings, SettingsRefused } from '../settings'
export type { Settings } from '../settings'
