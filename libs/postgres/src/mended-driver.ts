/**
 * Mends six faults of the PostgreSQL driver (postgres 3.4.9; the first two: porsager/postgres issues 1154 and 1208) that
 * show when the server goes away:
 * - a write that is put off until its socket is gone throws where nobody can catch it, and ends the process;
 * - a connection that lost its socket with a write put off never sends anything again;
 * - a new connection that is lost while it asks for the array types rejects a promise that nobody holds, which ends the
 *   process too (whoever waits for the connection is told all the same);
 * - what is asked on a connection between its socket's error and that socket's end is never answered;
 * - a server that accepts a connection and closes it before it is ready (a tunnel or a proxy whose database is down) is
 *   called again at once, hundreds of times a second, and nobody is told;
 * - what a server said when it ended a connection was told whoever asked first on the next one.
 * Loaded before the driver, by index.ts, which is the only door to it; takes effect in this process alone, nothing on the
 * disk is changed. A driver whose text is another is left as it is, and mended-driver.spec.ts fails: look then whether the
 * fault is gone, and remove this file if it is.
 */
import { readFileSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const PUT_OFF = 'const x = socket.write(chunk, fn)'
const GONE = "if (socket === null) { chunk = nextWriteTimer = null; error(Errors.connection('CONNECTION_CLOSED', options, socket)); return false }"
const ASKED = 'return fetchArrayTypes()\n'
const ENDED = '!hadError && (query || sent.length) && error('
const CLEARED = 'clearImmediate(nextWriteTimer)\n'
const AGAIN = 'if (initial)\n      return reconnect()'

/** The driver's connection.js, mended; undefined where it is not the text that these faults are in. */
export const mended = (source: string): string | undefined => {
  const cleared = source.split(CLEARED)
  const parts = source.split(PUT_OFF)
  // cleared when a connection is ended, and when its socket closed; the third is within the write itself
  if (parts.length !== 2 || cleared.length !== 4 || source.split(ASKED).length !== 2 || source.split(ENDED).length !== 2 || source.split(AGAIN).length !== 2) return undefined
  const [ended, closed] = [source.indexOf('function terminate()'), source.indexOf('async function closed(')]
  if (ended < 0 || closed < ended) return undefined
  const after = source.slice(ended).replaceAll(CLEARED, `${CLEARED}    chunk = nextWriteTimer = null\n`)
  return (source.slice(0, ended) + after).replace(PUT_OFF, `${GONE}\n    ${PUT_OFF}`).replace(ASKED, 'return fetchArrayTypes().catch(() => undefined)\n').replace(ENDED, `;${ENDED.slice('!hadError && '.length)}`)
    // where the address names another host, error() leaves the connection to it; one that is to be reserved is waited for, since
    // the driver would hand the others' turn to the one that was refused
    .replace(AGAIN, `if (initial && !hadError && !initial.reserve) { error(errorResponse || Errors.connection('CONNECTION_CLOSED', options, socket)); initial || options.shared.retries++ }
    errorResponse = null
    if (initial) { retries++; hadError || (options.shared.retries++, closedTime = performance.now(), delay = (typeof backoff === 'function' ? backoff(options.shared.retries) : backoff) * 1000) }
    ${AGAIN}`)
}

/** Where the driver's connection.js lies. */
export const driverFile = (): string => join(dirname(createRequire(__filename).resolve('postgres')), 'connection.js')

/** Puts the mended file where the driver will find it; once it is loaded there is nothing to do. */
const mendDriver = (): void => {
  const file = driverFile()
  const { cache } = createRequire(__filename)
  if (cache[file]) return
  const text = mended(readFileSync(file, 'utf8'))
  if (text === undefined) return
  const own = new Module(file) as Module & { _compile(text: string, file: string): void }
  own.filename = file
  own.paths = module.paths
  own._compile(text, file)
  own.loaded = true
  cache[file] = own
}
mendDriver()
