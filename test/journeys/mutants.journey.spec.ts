/** Damaged files of each feed over HTTP, on PostgreSQL: no 5xx, each report balances, and the Chorus is as ready as before. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FEEDS } from '../fuzz/feeds'
import { fuzzOverHttp } from '../fuzz/over-http'
import { startChorus, type TestChorus } from '../support/chorus'

const SEED = 20261130
const FILES = Object.entries(FEEDS).flatMap(([name, feed]) => feed.sent ? feed.samples.map((file) => [name, file, feed] as const) : [])
describe('damaged files over HTTP', () => {
  let chorus: TestChorus
  beforeAll(async () => { chorus = await startChorus() })
  afterAll(async () => { await chorus.close() })

  it.each(FILES)(`%s: ten of %s (seed ${SEED}; more: npm run fuzz -- --feed NAME --seed S --runs 0 --http N)`, async (_, file, feed) => {
    const path = join(__dirname, '../..', file)
    const text = readFileSync(path, 'latin1')
    expect((await fuzzOverHttp(chorus, feed.sent!(path), (next) => feed.mutantOf(text, next, path), SEED, 10)).map(({ seed, by, wrong }) => ({ seed, by, wrong }))).toEqual([])
  })
  it('and nothing stands still', async () => {
    expect((await chorus.ready()).status).toBe(200)
  })
})
