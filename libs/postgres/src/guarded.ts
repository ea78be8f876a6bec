/**
 * Connections that are given up when the server owes an answer and says nothing. Without it a peer that is gone without
 * a word (a power cut, a firewall that forgot the connection) is waited for until the kernel's own limits, which are
 * minutes to never. What was under way then fails with code ETIMEDOUT: whether it took effect is not known.
 */
import { connect as openSocket, isIP, Socket } from 'node:net'
import { connect as openTls, type ConnectionOptions } from 'node:tls'
import { MessageWatch } from './message-watch'

/** What the driver hands to its `socket` option: its own settings, read. */
interface Parsed { readonly host: readonly string[]; readonly port: readonly number[]; readonly path: string | false; readonly connect_timeout: number | null }

export interface Guarded { readonly ssl: false; readonly socket: (options: unknown) => Promise<Socket>; readonly backoff: (tries: number) => number }

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const YES = 0x53

const failure = (code: string, message: string): Error => Object.assign(new Error(message), { code })

/**
 * How long a connection that was lost waits before it is made again, s. The driver's own wait grows to 20 s, and counts the
 * tries of all connections of a pool together: a server that was away for a moment would be found again long after it is back.
 */
const backoff = (tries: number): number => Math.min(0.01 * 2 ** tries, 0.5)

/**
 * Options for `postgres(url, { ...guarded(url, ms) })`. TLS is as `sslmode` (or `ssl`) of the address and PGSSL say, as the
 * driver itself reads them; it is spoken here, so that what is silent is seen through it too.
 * @param silenceMs longer than the server may be busy without a word: longer than its lock_timeout
 */
export const guarded = (url: string, silenceMs: number): Guarded => {
  const tls = tlsOf(url)
  let next = 0
  return {
    ssl: false,
    backoff,
    socket: async (given) => {
      const options = given as Parsed
      const at = next++ % options.port.length
      const place = options.path ? { path: options.path } : { host: options.host[at]!, port: options.port[at]! }
      try {
        return watched(await opened(place, tls, (options.connect_timeout ?? 30) * 1000), silenceMs)
      } catch (error) {
        // the driver loses a connection for good when this rejects: it is given one that fails the usual way
        const dead = new Socket()
        setImmediate(() => dead.destroy(error as Error))
        return dead
      }
    },
  }
}

type Tls = 'prefer' | 'require' | 'verify'
const tlsOf = (url: string): Tls | undefined => {
  const query = new URL(url.replace(/^(\w+:\/\/[^/?]*?),[^/?]*/, '$1')).searchParams
  const named = query.get('sslrootcert') === 'system' ? 'verify-full' : query.get('sslmode') ?? query.get('ssl') ?? process.env.PGSSL ?? 'disable'
  if (named === 'disable' || named === 'false' || named === '') return undefined
  return named === 'prefer' ? 'prefer' : named === 'require' || named === 'allow' ? 'require' : 'verify'
}

const opened = (place: { readonly path: string } | { readonly host: string; readonly port: number }, tls: Tls | undefined, withinMs: number): Promise<Socket> => new Promise((resolve, reject) => {
  const plain = openSocket(place)
  let socket: Socket = plain
  const fail = (error: Error): void => { clearTimeout(timer); socket.destroy(); plain.destroy(); reject(error) }
  const timer = setTimeout(() => fail(failure('CONNECT_TIMEOUT', `the database was not reached within ${withinMs / 1000} s`)), withinMs)
  const done = (): void => {
    clearTimeout(timer)
    socket.removeListener('error', fail)
    socket.removeListener('close', closed)
    resolve(socket)
  }
  const closed = (): void => fail(failure('ECONNRESET', 'the database ended the connection while it was being made'))
  plain.once('error', fail).once('close', closed)
  plain.once('connect', () => {
    if (tls === undefined) { done(); return }
    plain.write(SSL_REQUEST)
    plain.once('data', (answer: Buffer) => {
      if (answer[0] !== YES) { if (tls === 'prefer') done(); else fail(failure('ECONNRESET', 'the database does not speak TLS, which its address asks for')); return }
      plain.removeListener('error', fail)
      plain.removeListener('close', closed)
      const host = 'host' in place ? place.host : ''
      const options: ConnectionOptions = { socket: plain, rejectUnauthorized: tls === 'verify', ...(host && !isIP(host) && { servername: host }) }
      socket = openTls(options).once('error', fail).once('close', closed).once('secureConnect', done)
    })
  })
})

/** Destroys the socket with ETIMEDOUT when an answer is owed and nothing comes for so long; also when it was ended and does not close. */
const watched = (socket: Socket, silenceMs: number): Socket => {
  const watch = new MessageWatch()
  let timer: NodeJS.Timeout | undefined
  let heard = 0
  const rest = (): void => { clearTimeout(timer); timer = undefined }
  const giveUp = (): void => {
    const before = heard
    // this process may have stood still itself: what came meanwhile is read first
    setImmediate(() => setImmediate(() => {
      if (socket.destroyed) return
      if (heard !== before || socket.isPaused()) wait()
      else socket.destroy(failure('ETIMEDOUT', `the database has been silent for ${silenceMs / 1000} s although it owes an answer`))
    }))
  }
  const wait = (): void => { rest(); timer = setTimeout(giveUp, silenceMs) }
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  socket.write = (chunk: Uint8Array | string, ...rest: unknown[]) => {
    if (typeof chunk !== 'string') watch.sent(chunk)
    wait()
    return write(chunk, ...rest)
  }
  socket.on('data', (chunk: Buffer) => { heard += 1; if (watch.received(chunk)) wait(); else rest() })
  socket.once('finish', wait)
  socket.once('close', rest)
  return socket
}
