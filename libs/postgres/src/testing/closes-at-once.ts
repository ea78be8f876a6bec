/** A process of its own: a server that accepts, hears what is said, and closes, as a tunnel does whose database is down. Says how questions fared (of two hosts the last one), and whether it was called ever again, also by whoever listens. */
import { createServer, type AddressInfo } from 'node:net'
import { guarded, postgres } from '..'

let calls = 0
const server = createServer((client) => { calls += 1; client.on('error', () => undefined).once('data', () => client.end()) })
server.listen(0, '127.0.0.1', () => {
  const url = `postgres://nobody:word@127.0.0.1:${(server.address() as AddressInfo).port}/none`
  const asked = async (sql: ReturnType<typeof postgres>): Promise<string> => {
    try { await sql`select 1`; return 'answered' } catch (error) { return String((error as { code?: string }).code) } finally { await sql.end({ timeout: 1 }) }
  }
  void (async () => {
    const two = url.replace(/@([^/]+)/, '@$1,$1')
    const said = [await asked(postgres(url, { max: 1 })), await asked(postgres(url, { max: 1, ...guarded(url, 5000) })), await asked(postgres(two, { max: 1, ...guarded(two, 5000) }))]
    const listening = postgres(url, guarded(url, 5000))
    await listening.listen('any', () => undefined).catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 1500))
    await listening.end({ timeout: 1 })
    process.stdout.write(`${said.join(', ')}, ${calls < 20 ? 'a few calls' : `${calls} calls`}`)
    process.exit(0)
  })()
})
