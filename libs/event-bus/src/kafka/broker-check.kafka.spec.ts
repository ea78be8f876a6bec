import { BrokerCheck } from './broker-check'
import { settingsOfRun } from './testing/on-the-broker'

it('says that the broker answers, again and again over one connection, and after a close over a new one', async () => {
  const check = new BrokerCheck(settingsOfRun())
  for (let i = 0; i < 3; i++) expect(await check.look()).toEqual({ ok: true, text: expect.stringMatching(/^Kafka answers, \d+ brokers?$/) as string })
  await check.close()
  expect(await check.look()).toMatchObject({ ok: true })
  await check.close()
})

it('says that none answers, without its address', async () => {
  const check = new BrokerCheck({ ...settingsOfRun(), brokers: ['127.0.0.1:9'] })
  const [one, two] = await Promise.all([check.look(), check.look()])
  expect(one).toEqual({ ok: false, text: expect.stringMatching(/^Kafka does not answer \(\w+\)$/) as string })
  expect(two).toEqual(one)
  await check.close()
})
