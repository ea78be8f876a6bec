import { readFileSync, readdirSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { SetupRefused } from './postgres-binaries'

const LISTENING = '0A'

/** "process 123 (node server.js)" of whoever listens on this port here; undefined where that cannot be seen. */
export const whoListens = (port: number): string | undefined => {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const read = (path: string): string => { try { return readFileSync(path, 'utf8') } catch { return '' } }
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => read(table).split('\n').map((line) => line.trim().split(/\s+/)))
    .filter((columns) => columns[1]?.endsWith(`:${hex}`) && columns[3] === LISTENING)
    .map((columns) => `socket:[${columns[9]}]`)
  if (sockets.length === 0) return undefined
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const own = readdirSync(`/proc/${pid}/fd`).some((fd) => { try { return sockets.includes(readlinkSync(`/proc/${pid}/fd/${fd}`)) } catch { return false } })
      if (own) return `process ${pid} (${read(`/proc/${pid}/comm`).trim()})`
    } catch {
      // another user's process
    }
  }
  return undefined
}

/**
 * Refuses early, before anything is started, when the address cannot be listened on.
 * @throws SetupRefused that names who has the port, and CHORUS_PORT
 */
export const checkPort = (host: string, port: number): Promise<void> => new Promise((resolve, reject) => {
  const server = createServer()
  server.once('error', (error: NodeJS.ErrnoException) => {
    const what = {
      EADDRINUSE: `Port ${port} on ${host} is in use by ${whoListens(port) ?? 'another program'}. Stop that, or choose another port, for example CHORUS_PORT=${port === 65535 ? 8260 : port + 1}.`,
      EACCES: `Port ${port} may not be used by an ordinary user. Choose one above 1023 with CHORUS_PORT.`,
      EADDRNOTAVAIL: `${host} is no address of this machine. Correct CHORUS_HOST (127.0.0.1: this machine alone).`,
      ENOTFOUND: `${host} is not known as a host. Correct CHORUS_HOST (127.0.0.1: this machine alone).`,
    }[error.code ?? '']
    reject(new SetupRefused(what ?? `${host}:${port} cannot be listened on (${error.code ?? error.message}). Correct CHORUS_HOST or CHORUS_PORT.`, { cause: error }))
  })
  server.listen(port, host, () => server.close(() => resolve()))
})
