import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/** The folder of real files that nobody here wrote; suites that read them run only where it is (see test/real in CONTRIBUTING). */
export const realData = (): string => {
  const folder = resolve(process.env.CHORUS_REAL_DATA ?? '../shared/data')
  if (!existsSync(folder)) throw new Error(`${folder} is not there: set CHORUS_REAL_DATA to the folder of real files`)
  return folder
}
