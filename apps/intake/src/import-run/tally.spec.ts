import * as fc from 'fast-check'
import { NAMED_IN_REPORT, OUTCOMES, Tally } from './tally'

describe('tally', () => {
  it('balances to the line and to the record, whatever becomes of them', () => {
    const record = fc.record({ lines: fc.integer({ min: 1, max: 400 }), action: fc.constantFrom('I', 'R', 'D', 'W'), outcome: fc.constantFrom(...OUTCOMES) })
    fc.assert(fc.property(fc.array(record), records => {
      const tally = new Tally()
      for (const r of records) { tally.read(r); tally.settle({ ...r, firstLine: 1 }, r.outcome) }
      const { lines, records: counted } = tally.result(0)
      expect(lines.read).toBe(lines.accepted + lines.duplicate + lines.quarantined)
      expect(counted.read).toBe(records.length)
      expect(lines.read).toBe(records.reduce((sum, r) => sum + r.lines, 0))
    }), { seed: 20260402 })
  })
  it('tells of each record once, of a quarantined one with its cause', () => {
    const told: unknown[] = []
    const tally = new Tally((record) => told.push(record))
    tally.settle({ lines: 2, firstLine: 1 }, 'accepted'); tally.settle({ lines: 1, firstLine: 3 }, 'quarantined')
    tally.quarantined({ id: 'q', line: 3, lines: 1, cause: 'c', text: 't' })
    expect(told).toEqual([{ line: 1, lines: 2, outcome: 'accepted' }, { line: 3, lines: 1, outcome: 'quarantined', quarantine: { id: 'q', cause: 'c', text: 't' } }])
  })
  it('counts a code once a record', () => {
    const tally = new Tally()
    tally.broke(['459', '459', '401']); tally.broke([]); tally.broke(['459'])
    expect(tally.result(0).edits).toEqual({ recordsBreakingAny: 2, byCode: { 401: 1, 459: 2 } })
  })
  it('names the first quarantined records and counts all', () => {
    const tally = new Tally()
    for (let n = 1; n <= NAMED_IN_REPORT + 5; n++) tally.quarantined({ id: String(n), line: n, lines: 1, cause: 'unknown-length', text: 't' })
    const { quarantine } = tally.result(3)
    expect(quarantine.first).toHaveLength(NAMED_IN_REPORT)
    expect(quarantine.byCause).toEqual({ 'unknown-length': NAMED_IN_REPORT + 5 })
  })
})
