import { connect } from './postgres-connection'

it('a client of the log asks for a server that is away less and less often, at least twice a second', async () => {
  const sql = connect('postgres://nobody@127.0.0.1:1/none', 1, 'test')
  const { backoff } = sql.options as unknown as { backoff: (tries: number) => number }
  const waits = Array.from({ length: 12 }, (_, tries) => backoff(tries))
  expect(waits.filter((wait, i) => i > 0 && wait < waits[i - 1]!)).toEqual([])
  expect([waits[0]! < 0.1, waits.at(-1)]).toEqual([true, 0.5])
  await sql.end({ timeout: 0 })
})
