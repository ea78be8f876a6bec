/** What each action of the standard does at each level to an incident that is known, the whole way of a file but its database. */
import { createHash } from 'node:crypto'
import { memoryIntake } from '../../../../test/fuzz/in-memory'
import { ACTIONS, ACTIONS_AT, LEVELS, type Action, type Level } from '../feeds/nibrs/layout'
import { assault, carTheft, groupB, line, write, zeroReport, type Line } from '../feeds/nibrs/testing/records'
import type { SegmentValues } from '../feeds/nibrs/write-segment'

const actor = { id: 'u', role: 'intakeAnalyst', agency: 'KCPD' } as const
const importer = () => {
  const intake = memoryIntake()
  let runs = 0
  const run = async (...lines: readonly Line[]) => {
    const bytes = Buffer.from(lines.map((one) => `${write(one)}\n`).join(''), 'latin1')
    const { records, corrections, retractions, quarantine } = await intake.nibrs.run({ source: (async function* () { yield bytes })(), bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }, { runId: `018f0000-0000-7000-8000-${String(++runs).padStart(12, '0')}`, actor, dryRun: false })
    expect(records.read).toBe(records.accepted + records.duplicate + records.quarantined)
    return { ...records, corrections, retractions, causes: Object.keys(quarantine.byCause) }
  }
  const events = async () => intake.recorder.unseal(await intake.events(['incident', 'arrest', 'windowReport', 'zeroReport']), () => true)
  return { run, events }
}

const admin: SegmentValues = { ...assault[0]!.values, reportDateIndicator: '', cargoTheft: 'N' }
const segments: Readonly<Record<Exclude<Level, '0' | '7'>, SegmentValues>> = {
  1: admin, 2: assault[1]!.values, 3: carTheft[2]!.values, 4: assault[2]!.values, 5: assault[3]!.values, 6: assault[4]!.values,
}
const incident: readonly Line[] = (['1', '2', '3', '4', '5', '6'] as const).map((level) => line(level, segments[level]))
/** Every column that an event keeps, with another value than the incident's. */
const changesAt: Readonly<Partial<Record<Level, readonly SegmentValues[]>>> = {
  1: [{ hour: '07' }, { hour: '' }, { incidentDate: '20260709' }, { reportDateIndicator: 'R' }, { clearedExceptionally: 'A', exceptionalClearanceDate: '20260715' }, { cargoTheft: 'Y' }],
  2: [{ attempted: 'A' }, { suspectedOfUsing: ['A'] }, { location: '13' }, { premises: '02' }, { methodOfEntry: 'F' }, { criminalActivity: ['J'] }, { weapons: ['12'] }, { automatic: ['A'] }, { bias: '11' }, { moreBias: ['12'] }],
  3: [{ descriptions: ['05'] }, { values: ['000008000'] }, { recoveredDates: ['20260716'] }, { stolenVehicles: '02' }, { recoveredVehicles: '02' }, { drugTypes: ['E'] }],
  4: [{ type: 'L' }, { age: '35  ' }, { sex: 'M' }, { race: 'B' }, { ethnicity: 'H' }, { resident: 'N' }, { offenses: ['13A', '13C'] }, { circumstances: ['09'] }, { injuries: ['B'] }, { injuries: [] }, { relationships: ['BG'] }, { activity: '01' }, { assignment: 'F' }, { otherOri: 'MOZZ99901' }],
  5: [{ age: '37  ' }, { sex: 'F' }, { race: 'B' }, { ethnicity: 'H' }],
  6: [{ transaction: 'A26-00002' }, { date: '20260713' }, { type: 'T' }, { multiple: 'M' }, { offense: '13B' }, { weapons: ['20'] }, { age: '37  ' }, { sex: 'F' }, { race: 'B' }, { ethnicity: 'H' }, { resident: 'N' }, { disposition: 'H' }],
}
const changes = (['1', '2', '3', '4', '5', '6'] as const).flatMap((level) => changesAt[level]!.map((over) => [level, over] as const))

describe('an incident of which one segment is modified', () => {
  it.each(changes)('at level %s by %j is corrected once; the same again, and what it says already, adds nothing', async (level, over) => {
    const { run, events } = importer()
    expect(await run(...incident)).toMatchObject({ accepted: 1 })
    const known = segments[level]
    expect(await run(line(level, { ...known, action: 'M' }))).toMatchObject({ read: 1, duplicate: 1, corrections: 0 })
    const modified = line(level, { ...known, ...over, action: 'M' })
    expect(await run(modified)).toMatchObject({ read: 1, accepted: 1, corrections: 1 })
    const after = await events()
    expect(after).toHaveLength(2)
    expect(after[1]).toMatchObject({ type: 'IncidentReported', corrects: after[0]!.id })
    expect(await run(modified)).toMatchObject({ read: 1, duplicate: 1, corrections: 0 })
    // Elsewhere in the file, of another month: other bytes, and nothing new.
    expect(await run(line(level, { ...modified.values, month: '08' }))).toMatchObject({ read: 1, duplicate: 1, corrections: 0 })
    // The same as the whole report that says it so.
    const whole = importer()
    await whole.run(...incident.map((one) => one.level === level ? line(level, { ...known, ...over }) : one))
    const said = ({ time, timePrecision, timeText, data }: (typeof after)[number]) => ({ time, timePrecision, timeText, data: JSON.parse(JSON.stringify(data).replaceAll(/(?:per|pair)_[\w-]{22}/g, 'token')) as Record<string, unknown> })
    const { data: { edits: _, ...one }, ...when } = said(after[1]!)
    const { data: { edits: __, ...other }, ...whenWhole } = said((await whole.events())[0]!)
    expect([one, when]).toEqual([other, whenWhole])
  })
})

describe('an administrative segment that is modified', () => {
  it('takes a clearance back with its date; one that says nothing of either leaves them', async () => {
    const { run, events } = importer()
    const cleared = { exceptionalClearance: 'A', exceptionalClearanceDate: '2026-07-15' }
    await run(line('1', { ...admin, clearedExceptionally: 'A', exceptionalClearanceDate: '20260715' }), ...incident.slice(1))
    // What it must say and does not is an edit that it breaks.
    expect(await run(line('1', { ...admin, action: 'M', clearedExceptionally: '' }))).toMatchObject({ accepted: 1, corrections: 1 })
    expect((await events()).at(-1)!.data).toMatchObject({ ...cleared, edits: expect.arrayContaining([expect.objectContaining({ code: '157' })]) })
    expect(await run(line('1', { ...admin, action: 'M' }))).toMatchObject({ accepted: 1, corrections: 1 })
    const { data } = (await events()).at(-1)!
    expect(data).toMatchObject({ exceptionalClearance: 'N' })
    expect(data).not.toHaveProperty('exceptionalClearanceDate')
  })
  it('without a date leaves date and hour; with one that no calendar has it is refused, and nothing changes', async () => {
    const { run, events } = importer()
    await run(...incident)
    expect(await run(line('1', { ...admin, action: 'M', incidentDate: '', hour: '', clearedExceptionally: 'A', exceptionalClearanceDate: '20260715' }))).toMatchObject({ accepted: 1, corrections: 1 })
    const after = await events()
    expect(after.at(-1)).toMatchObject({ time: '2026-07-10T21', timePrecision: 'hour', data: { dateOf: 'incident', hourReported: true, exceptionalClearance: 'A' } })
    expect(await run(line('1', { ...admin, action: 'M', incidentDate: '20260231' }))).toMatchObject({ quarantined: 1, causes: ['incident-date-unreadable'] })
    expect(await events()).toHaveLength(after.length)
  })
})

/** What becomes of one segment by itself, of an incident, an arrest or a month that is known. */
const CORRECTED = { accepted: 1, corrections: 1, retractions: 0 }
const ADDED = { accepted: 1, corrections: 0, retractions: 0 }
const TAKEN_BACK = { accepted: 1, corrections: 0, retractions: 1 }
const KNOWN = { duplicate: 1 }
const NO_ADMIN = { quarantined: 1, causes: ['no-administrative-segment'] }
const INCOMPLETE = { quarantined: 1, causes: ['incident-incomplete'] }
const NOT_THERE = { quarantined: 1, causes: ['action-not-at-level'] }
const part = { I: NO_ADMIN, A: CORRECTED, M: CORRECTED, R: NO_ADMIN, D: CORRECTED, W: NOT_THERE }
const OUTCOMES: Readonly<Record<Level, Readonly<Record<Action, object>>>> = {
  0: { I: KNOWN, A: KNOWN, R: KNOWN, M: NOT_THERE, D: NOT_THERE, W: NOT_THERE },
  1: { I: INCOMPLETE, A: NOT_THERE, M: CORRECTED, R: INCOMPLETE, D: TAKEN_BACK, W: ADDED },
  2: part, 3: { ...part, W: ADDED }, 4: part, 5: part, 6: { ...part, W: ADDED },
  7: { I: ADDED, A: ADDED, M: CORRECTED, R: CORRECTED, D: TAKEN_BACK, W: NOT_THERE },
}
const arrest: SegmentValues = { ...groupB[0]!.values, action: 'A' }
const known: Readonly<Record<Level, SegmentValues>> = { 0: zeroReport[0]!.values, ...segments, 7: arrest }
/** One more of its level, or what changes the one that is known. */
const next: Readonly<Record<Level, SegmentValues>> = {
  0: known[0], 1: { ...admin, hour: '07' }, 2: { ...segments[2], code: '13C' }, 3: { ...segments[3], loss: '7' }, 4: { ...segments[4], sequence: '002' },
  5: { ...segments[5], sequence: '02' }, 6: { ...segments[6], sequence: '02' }, 7: { ...arrest, offense: '90Z' },
}

describe('each action at each level', () => {
  it.each(LEVELS.flatMap((level) => ACTIONS.map((action) => [level, action] as const)))('level %s, action %s: does what the standard means by it, once', async (level, action) => {
    const { run, events } = importer()
    await run(...incident, line('7', arrest), ...zeroReport)
    const before = (await events()).length
    expect(before).toBe(3)
    const expected = OUTCOMES[level][action]
    expect(ACTIONS_AT[level].includes(action)).toBe(expected !== NOT_THERE)
    const sent = line(level, { ...(action === 'D' ? known : next)[level], action })
    expect(await run(sent)).toMatchObject({ read: 1, ...expected })
    const after = (await events()).length
    // Of two arrests of one number each is an event of the version that has both.
    expect(after - before).toBe([CORRECTED, ADDED, TAKEN_BACK].includes(expected as typeof ADDED) ? level === '7' && (action === 'I' || action === 'A') ? 2 : 1 : 0)
    expect(await run(sent)).toMatchObject({ read: 1, accepted: 0, duplicate: after > before || expected === KNOWN ? 1 : 0 })
    // Of another month it is another message, which says nothing new: but a window of another month is a report of its own.
    const later = await run(line(level, { ...sent.values, month: '08' }))
    expect(later).toMatchObject({ read: 1, accepted: action === 'W' && expected === ADDED ? 1 : 0 })
    expect((await events()).length).toBe(after + later.accepted)
  })
})

describe('a delete of an arrest that is not there, beside one that is', () => {
  it('takes nothing back', async () => {
    const { run, events } = importer()
    await run(line('7', arrest))
    expect(await run(line('7', { ...arrest, action: 'D', sequence: '05' }))).toMatchObject({ duplicate: 1, retractions: 0 })
    expect(await events()).toHaveLength(1)
  })
})
