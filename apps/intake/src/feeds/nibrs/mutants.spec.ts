import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ARREST_EDITS, brokenByHand, INCIDENT_EDITS } from '../../../../../test/fuzz/edits-by-hand'
import { MUTATIONS, fuzz, random, readAll, wrongEdits } from '../../../../../test/fuzz/nibrs'
import { parseRecord } from './parse-record'

const SEED = 20260710
const sample = readFileSync(join(__dirname, '../../../../../samples/nibrs/2026-07.txt'), 'latin1')

describe('2,000 damaged files', () => {
  it(`lose no line, throw nothing and accept nothing unreadable (seed ${SEED}; more: npm run fuzz -- --seed S --runs N)`, async () => {
    expect((await fuzz(sample, SEED, 2000)).map(({ seed, by, wrong }) => ({ seed, by, wrong }))).toEqual([])
  })

  it.each(Object.entries(MUTATIONS))('%s changes the file', (_, mutation) => {
    expect(Array.from({ length: 20 }, (_unused, seed) => mutation(sample, random(seed))).some((mutant) => mutant !== sample)).toBe(true)
  })

  /** Those that one column of one line cannot break: they come about by lines that are doubled. */
  const BY_OTHER_LINES = new Set(['262', '376', '656', '668', '099', '751'])
  const records = readAll(sample, random(SEED)).map((raw) => raw.content.map(({ text }) => text)).filter((lines) => brokenByHand(lines) !== undefined)
  it.each([...INCIDENT_EDITS, ...ARREST_EDITS].filter(({ code }) => !BY_OTHER_LINES.has(code)).map((edit) => [edit.code, edit] as const))('edit %s, broken on purpose in a record of the sample, stands on its event', (code, { on, breaking }) => {
    let broken = 0
    for (const [seed, lines] of records.entries()) {
      const place = lines.findIndex((line) => line.charAt(4) === on)
      // The number of a record stands in all of its lines.
      const changed = lines.map((line, i) => i === place ? breaking(line, random(seed)) : line).map((line) => /^[1-57]1[567]$/.test(code) ? line.slice(0, 25) + { 15: 'A 2 3       ', 16: ' A23        ', 17: 'a/23        ' }[code.slice(1)]! + line.slice(37) : line)
      if (place < 0 || !brokenByHand(changed)!.broken.has(code)) continue
      const [raw] = readAll(`${changed.join('\n')}\n`, random(seed))
      const parsed = parseRecord(raw!)
      if (!parsed.ok) continue
      broken++
      expect(wrongEdits(raw!, parsed.record)).toEqual([])
    }
    expect(broken).toBeGreaterThan(0)
  })
})
