/** The city's real open data through the whole way. Counts only, never rows. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { startChorus, type TestChorus } from '../support/chorus'
import { importKcpd } from '../support/import-file'
import { realData } from '../support/real-data'

const file = (name: string): Buffer => readFileSync(join(realData(), 'kcpd', name))

describe('real open crime data', () => {
  let chorus: TestChorus
  const send = (bytes: Buffer) => importKcpd(chorus, Readable.from([bytes]))
  beforeAll(async () => { chorus = await startChorus() }, 60_000)
  afterAll(() => chorus.close())

  it('2018: 1,000 rows in 926 reports, once; one changed row is one correction', async () => {
    const bytes = file('kcpd_2018_sample.csv')
    const report = await send(bytes)
    expect(report).toMatchObject({ complete: true, records: { read: 1000, accepted: 1000, duplicate: 0, quarantined: 0 }, corrections: 0, statistics: { reports: { begun: 926, grown: 0 } } })
    expect((await send(bytes)).records).toMatchObject({ accepted: 0, duplicate: 1000 })
    const lines = bytes.toString('utf8').split('\n')
    const at = lines.findIndex(line => /,(?:VIC|SUS),.*,[MF],/.test(line))
    lines[at] = lines[at]!.replace(/,([MF]),/, (_, sex) => `,${sex === 'M' ? 'F' : 'M'},`)
    expect(await send(Buffer.from(lines.join('\n')))).toMatchObject({ records: { accepted: 1, duplicate: 999, quarantined: 0 }, corrections: 1 })
  }, 60_000)

  it('2014, as the portal answers it in JSON: every row', async () => {
    expect(await send(file('kcpd_2014_socrata_json_variant.json'))).toMatchObject({ complete: true, records: { read: 3, accepted: 3, duplicate: 0, quarantined: 0 } })
  }, 60_000)
})
