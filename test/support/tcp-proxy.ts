/** A TCP proxy before a PostgreSQL that loses connections the way networks do. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface TcpProxy {
  /** the address given, led through the proxy */
  readonly url: string
  /** connections that were made through it so far */
  readonly made: number
  /** from now on nothing passes on the connections that there are, in either direction, and nobody is told; new ones work */
  swallow(): void
  /** the same, once so many more bytes have come back from the server: an answer that breaks off in the middle. Resolves when it has */
  swallowAfter(bytes: number): Promise<void>
  /** ends the connections that there are with a reset, on both sides */
  cut(): void
  /** nobody listens any more, and the connections that there are are reset: the server has died */
  away(): Promise<void>
  /** it is there again, under the same address */
  back(): Promise<void>
  close(): Promise<void>
}

interface Pair { readonly client: Socket; readonly server: Socket; dumb: boolean }

export const tcpProxy = (to: string): Promise<TcpProxy> => {
  const target = new URL(to)
  const pairs = new Set<Pair>()
  let made = 0
  let allowed = Infinity
  let swallowed = (): void => undefined
  const listening = createServer((client) => {
    made += 1
    const server = connect(Number(target.port || 5432), target.hostname)
    const pair: Pair = { client, server, dumb: false }
    pairs.add(pair)
    client.on('data', (chunk) => { if (!pair.dumb) server.write(chunk) })
    server.on('data', (chunk: Buffer) => {
      if (pair.dumb) return
      client.write(chunk.subarray(0, Math.min(chunk.length, allowed)))
      allowed -= chunk.length
      if (allowed <= 0) { allowed = Infinity; for (const one of pairs) one.dumb = true; swallowed() }
    })
    for (const socket of [client, server]) socket.on('error', () => undefined)
    // a dumb one's end is not passed on either: the server goes on believing in its client
    client.on('close', () => { if (!pair.dumb) { pairs.delete(pair); server.destroy() } })
    server.on('close', () => { if (!pair.dumb) { pairs.delete(pair); client.destroy() } })
  })
  const cut = (): void => { for (const { client, server } of pairs) { client.resetAndDestroy(); server.resetAndDestroy() } }
  return new Promise((resolve) => listening.listen(0, '127.0.0.1', () => {
    const url = new URL(to)
    const { port } = listening.address() as AddressInfo
    url.hostname = '127.0.0.1'
    url.port = String(port)
    resolve({
      url: url.toString(),
      get made() { return made },
      swallow: () => { for (const pair of pairs) pair.dumb = true },
      swallowAfter: (bytes) => { allowed = bytes; return new Promise((done) => { swallowed = done }) },
      cut,
      away: () => new Promise((gone) => { listening.close(() => gone()); cut() }),
      back: () => new Promise((there) => { listening.listen(port, '127.0.0.1', there) }),
      close: () => new Promise((closed) => {
        listening.close(() => closed())
        for (const { client, server } of pairs) { client.destroy(); server.destroy() }
      }),
    })
  }))
}
