import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fuzzDrop } from '../../../../test/fuzz/drop'

const SEED = 20261130
const text = readFileSync(join(__dirname, '../../../../samples/nibrs/2026-06-zero.txt'), 'latin1')
describe('400 files under damaged names', () => {
  it.each([0, 200])(`are imported or refused once, or lie where they were put: 200 of them from %d (seed ${SEED}; more: npm run fuzz -- --feed drop --seed S --runs N)`, async (from) => {
    expect((await fuzzDrop(text, SEED + from, 200)).map(({ seed, by, wrong }) => ({ seed, by, wrong }))).toEqual([])
  })
})
