/** A process of its own: its first connection is ended by the server just as the driver asks for the array types. Says how two queries fared. */
import { createServer, connect, type AddressInfo } from 'node:net'
import { postgres } from '..'

const FATAL = 'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'
const fatal = Buffer.alloc(5 + FATAL.length)
fatal.write('E')
fatal.writeInt32BE(4 + FATAL.length, 1)
fatal.write(FATAL, 5)

const server = new URL(process.argv[2]!)
let ended = false
const between = createServer((client) => {
  const there = connect(Number(server.port || 5432), server.hostname)
  client.on('data', (chunk) => {
    if (ended || !chunk.includes('typarray')) { there.write(chunk); return }
    ended = true
    client.end(fatal)
    there.destroy()
  })
  there.on('data', (chunk) => client.write(chunk))
  for (const socket of [client, there]) socket.on('error', () => undefined)
  client.on('close', () => there.destroy())
  there.on('close', () => client.destroy())
})
between.listen(0, '127.0.0.1', () => {
  const url = new URL(server)
  url.hostname = '127.0.0.1'
  url.port = String((between.address() as AddressInfo).port)
  const sql = postgres(url.toString(), { max: 1 })
  const ask = async (): Promise<string> => { try { await sql`select 1`; return 'answered' } catch { return 'told' } }
  void ask().then(async (first) => {
    process.stdout.write(`${first}, then ${await ask()}`)
    await sql.end({ timeout: 1 })
    process.exit(0)
  })
})
