import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { random } from '../../../../../../test/fuzz/nibrs'
import { fuzzXml, XML_MUTATIONS } from '../../../../../../test/fuzz/nibrs-xml'

const SEED = 20260911
const sample = readFileSync(join(__dirname, '../../../../../../samples/nibrs/2026-07.xml'), 'latin1')

describe('2,000 damaged XML files', () => {
  it(`lose no report, throw nothing and accept nothing unreadable (seed ${SEED}; more: npm run fuzz -- --feed nibrs-xml --seed S --runs N)`, async () => {
    expect((await fuzzXml(sample, SEED, 2000)).map(({ seed, by, wrong }) => ({ seed, by, wrong }))).toEqual([])
  })

  it.each(Object.entries(XML_MUTATIONS))('%s changes the file', (_, mutation) => {
    expect(Array.from({ length: 20 }, (_unused, seed) => mutation(sample, random(seed))).some((mutant) => mutant !== sample)).toBe(true)
  })
})
