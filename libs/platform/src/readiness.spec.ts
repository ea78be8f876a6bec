import { Readiness } from './health.controller'

it('waits until every check holds, and says what does not in time or when it is told to stop', async () => {
  const readiness = new Readiness()
  let looks = 0
  readiness.add('database', async () => ({ ok: true, text: 'answers' }))
  readiness.add('consumer', async () => ({ ok: ++looks > 2, text: 'joins the bus' }))
  expect([await readiness.until(60_000), looks]).toEqual([[], 3])
  readiness.add('other', async () => ({ ok: false, text: 'gone' }))
  expect(await readiness.until(0)).toEqual([{ name: 'other', ok: false, text: 'gone' }])
  expect(await readiness.until(60_000, AbortSignal.abort())).toEqual([{ name: 'other', ok: false, text: 'gone' }])
})
