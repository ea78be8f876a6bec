import { existsSync, readFileSync } from 'node:fs'
import { readVerifier, type NoteVerifier } from '@chorus/tamper-evidence'
import { CliError, EXIT } from './exit'

/** @param given a public key, or the path of a file that holds one. @throws CliError */
export const readPublicKey = (given: string): NoteVerifier => {
  try { return readVerifier(existsSync(given) ? readFileSync(given, 'utf8') : given) } catch (error) {
    throw new CliError(`--key: ${(error as Error).message}.`, EXIT.usage)
  }
}
