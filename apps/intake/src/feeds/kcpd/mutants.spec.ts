import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CSV_MUTATIONS, fuzzKcpd } from '../../../../../test/fuzz/kcpd'
import { random } from '../../../../../test/fuzz/nibrs'
import { readRows } from './read-rows'

const SEED = 20260712
const sample = readFileSync(join(__dirname, '../../../../../samples/kcpd/2024.csv'), 'latin1')

describe('2,000 damaged files of open data', () => {
  it(`lose no row, throw nothing and accept nothing unreadable (seed ${SEED}; more: npm run fuzz -- --feed kcpd --seed S --runs N)`, async () => {
    expect((await fuzzKcpd(sample, SEED, 2000)).map(({ seed, by, wrong }) => ({ seed, by, wrong }))).toEqual([])
  })
  it('in UTF-16 are refused as what they are: what is kept of their rows could not be read again', async () => {
    const read = async (bytes: Buffer): Promise<void> => { for await (const row of readRows((async function* () { yield bytes })(), { lines: 0, blank: 0, bytes: 0, records: 0 })) void row }
    await expect(read(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(sample, 'utf16le')]))).rejects.toMatchObject({ text: expect.stringContaining('as UTF-8') })
  })
  it.each(Object.entries(CSV_MUTATIONS))('%s changes the file', (_, mutation) => {
    expect(Array.from({ length: 20 }, (_unused, seed) => mutation(sample, random(seed))).some((mutant) => mutant !== sample)).toBe(true)
  })
})
