import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fuzzDrop } from '../../../../test/fuzz/drop'

const SEED = 20261130
it(`2,000 files under damaged names: each is imported or refused once, or lies where it was put (seed ${SEED}; more: npm run fuzz -- --feed drop --seed S --runs N)`, async () => {
  expect((await fuzzDrop(readFileSync(join(__dirname, '../../../../samples/nibrs/2026-06-zero.txt'), 'latin1'), SEED, 2000)).map(({ seed, by, wrong }) => ({ seed, by, wrong }))).toEqual([])
})
