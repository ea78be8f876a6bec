/**
 * A process of its own: a guarded client of one connection, left alone, then before a server that is silent for too long, and
 * asked again the moment that it has failed. Says how each question fared.
 */
import { guarded, postgres } from '..'

const url = process.argv[2]!
const sql = postgres(url, { ...guarded(url, 400), max: 1, backoff: () => 0 })
const ask = async (seconds: number): Promise<string> => {
  try { await sql`select pg_sleep(${seconds})`; return 'answered' } catch (error) { return (error as { code: string }).code }
}
const session = async (): Promise<number> => (await sql<{ pid: number }[]>`select pg_backend_pid() as pid`)[0]!.pid

void (async () => {
  const told = [await ask(0.05)]
  const first = await session()
  await new Promise((resolve) => { setTimeout(resolve, 900) })
  told.push(first === await session() ? 'kept' : 'lost', await ask(20), await ask(0), first === await session() ? 'the same' : 'another')
  process.stdout.write(told.join(', '))
  await sql.end({ timeout: 1 })
  process.exit(0)
})()
