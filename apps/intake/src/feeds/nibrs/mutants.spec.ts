import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MUTATIONS, fuzz, random } from '../../../../../test/fuzz/nibrs'

const SEED = 20260710
const sample = readFileSync(join(__dirname, '../../../../../samples/nibrs/2026-07.txt'), 'latin1')

describe('2,000 damaged files', () => {
  it(`lose no line, throw nothing and accept nothing unreadable (seed ${SEED}; more: npm run fuzz -- --seed S --runs N)`, () => {
    expect(fuzz(sample, SEED, 2000).map(({ seed, by, wrong }) => ({ seed, by, wrong }))).toEqual([])
  })

  it.each(Object.entries(MUTATIONS))('%s changes the file', (_, mutation) => {
    expect(Array.from({ length: 20 }, (_unused, seed) => mutation(sample, random(seed))).some((mutant) => mutant !== sample)).toBe(true)
  })
})
