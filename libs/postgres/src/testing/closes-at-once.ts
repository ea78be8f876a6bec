/** A process of its own: a server that accepts, hears what is said, and closes, as a tunnel does whose database is down. Says how two questions fared, and whether it was called ever again. */
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
    const said = [await asked(postgres(url, { max: 1 })), await asked(postgres(url, { max: 1, ...guarded(url, 5000) }))]
    process.stdout.write(`${said.join(', ')}, ${calls < 10 ? 'a few calls' : `${calls} calls`}`)
    process.exit(0)
  })()
})
