/**
 * A process of its own: a guarded client of eight connections before a server that goes away, is asked all the same, and
 * comes back. Says how each round of questions fared; the driver counts the failures of all connections together.
 */
import { tcpProxy } from '../../../../test/support/tcp-proxy'
import { guarded, postgres } from '..'

void (async () => {
  const proxy = await tcpProxy(process.argv[2]!)
  const sql = postgres(proxy.url, { ...guarded(proxy.url, 5000), max: 8, onnotice: () => undefined })
  const all = async (): Promise<string> => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => sql`select pg_sleep(0.05)`.then(() => 'answered', () => 'told')))
    return [...new Set(answers)].join(' and ')
  }
  const told = [await all()]
  await proxy.away()
  for (let round = 0; round < 3; round++) told.push(await all())
  await proxy.back()
  const back = performance.now()
  told.push(`${await all()}${performance.now() - back < 5000 ? ' at once' : ', late'}`)
  process.stdout.write(told.join(', '))
  await sql.end({ timeout: 1 })
  process.exit(0)
})()
