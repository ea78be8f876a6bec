/** A month's file, the next month's changes, what waits, what is repaired; and the history of it all. Over HTTP, on a real PostgreSQL. */
import { PURPOSES_OF } from '@chorus/contracts'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { ImportReport } from '../../apps/intake/src/import-run/import-nibrs'
import type { HistoryAnswer } from '../../apps/evaluation/src/history/read-history'
import type { Recorder } from '@chorus/event-store'
import { RECORDER } from '@chorus/platform'
import { startChorus, type TestChorus } from '../support/chorus'
import { importFile, type ImportHow } from '../support/import-file'
import { verdict, replayed } from '../support/long-answers'

const sample = (name: string): Buffer => readFileSync(join(__dirname, '../../samples/nibrs', name))
const JULY = sample('2026-07.txt')
const AUGUST = sample('2026-08.txt')
/** The records of a sample with this action and level, by number. */
const numbersOf = (file: Buffer, level: string, action: string): string[] => [...new Set(file.toString('latin1').split('\n').filter(line => line[4] === level && line[5] === action).map(line => line.slice(25, 37).trim()))]
const linesOf = (file: Buffer, number: string): string => file.toString('latin1').split('\n').filter(line => line.slice(25, 37).trim() === number).join('\n') + '\n'
const ORI = JULY.toString('latin1').slice(16, 25)

let chorus: TestChorus
const send = (bytes: Buffer | string, how: ImportHow = {}): Promise<ImportReport> => importFile(chorus, Readable.from([Buffer.from(bytes)]), how)
const balanced = ({ lines, records }: ImportReport) => { for (const { read, accepted, duplicate, quarantined } of [lines, records]) expect(read).toBe(accepted + duplicate + quarantined) }
const historyOf = async (of: string, query: Record<string, string> = {}): Promise<HistoryAnswer> =>
  (await chorus.agent.get('/v1/history').query({ of, ...query }).set('Authorization', await chorus.bearer('intakeAnalyst')).set('X-Purpose', 'caseWork').expect(200)).body as HistoryAnswer
const quarantine = async (): Promise<{ total: number; byCause: Record<string, number>; records: { id: string; cause: string; waitsFor?: string }[] }> =>
  (await chorus.agent.get('/v1/quarantine').set('Authorization', await chorus.bearer('intakeAnalyst')).set('X-Purpose', 'caseWork').expect(200)).body as never

beforeAll(async () => { chorus = await startChorus() }, 60_000)
afterAll(() => chorus.close())

describe('a month of an agency', () => {
  it('would be accepted but for three records, says the dry run, and records nothing', async () => {
    const before = (await replayed(chorus)).events
    const report = await send(JULY, { dryRun: true })
    balanced(report)
    expect(report).toMatchObject({ dryRun: true, complete: true, records: { duplicate: 0, quarantined: 3 } })
    expect((await replayed(chorus)).events).toBe(before)
  })

  it('is accepted as the dry run said; the three wrong records are quarantined whole', async () => {
    const dry = await send(JULY, { dryRun: true })
    const report = await send(JULY)
    balanced(report)
    expect({ lines: report.lines, records: report.records, statistics: report.statistics }).toEqual({ lines: dry.lines, records: dry.records, statistics: dry.statistics })
    expect(report.quarantine.byCause).toEqual({ 'incident-date-unreadable': 1, 'line-cut': 1, 'no-administrative-segment': 1 })
    expect((await quarantine()).byCause).toEqual(report.quarantine.byCause)
  })

  it('adds nothing when it comes again, whole, in part, with other line ends, with a byte order mark and blank lines', async () => {
    const { byType } = await replayed(chorus)
    const text = JULY.toString('latin1')
    const whole = await send(JULY)
    expect(whole.records).toMatchObject({ accepted: 0, quarantined: 3 })
    // A part that ends between two incidents: cut inside one, that one would rightly be quarantined.
    const part = text.slice(0, /\n(?=\d{4}1I)/g.exec(text.slice(9000))!.index + 9001)
    for (const again of [part, text.replaceAll('\n', '\r\n'), `\ufeff${text}`, text.replaceAll('\n', '\n\n')]) {
      const report = await send(again)
      balanced(report)
      expect(report.records.accepted).toBe(0)
    }
    const after = (await replayed(chorus)).byType
    for (const type of ['IncidentReported@1', 'ArrestRecorded@2']) expect(after[type]).toBe(byType[type])
    expect((await quarantine()).total).toBe(3)
  })
})

describe('the next month', () => {
  it('adds nothing when some of it comes once more as XML: the same records, in the other format', async () => {
    const report = await send(readFileSync(join(__dirname, '../../samples/nibrs/2026-07.xml')))
    expect(report).toMatchObject({ mapping: 'nibrs-xml@1', complete: true, records: { read: 7, accepted: 0, duplicate: 7, quarantined: 0 } })
  })

  it('corrects and retracts what was sent before: never a second incident, never a lost one', async () => {
    const before = (await replayed(chorus)).byCategory
    const report = await send(AUGUST)
    balanced(report)
    expect(report.corrections).toBeGreaterThan(0)
    expect(report.retractions).toBeGreaterThan(0)
    const after = (await replayed(chorus)).byCategory
    // One new incident, one new arrest, one time window; everything else lies in streams that were there.
    expect([after.incident! - before.incident!, after.arrest! - before.arrest!, after.windowReport! - (before.windowReport ?? 0)]).toEqual([1, 1, 1])
  })

  it('is not undone by the month before, sent once more in the other format', async () => {
    const { byType } = await replayed(chorus)
    const report = await send(readFileSync(join(__dirname, '../../samples/nibrs/2026-07.xml')))
    // What was deleted since may have been sent anew: that a person says.
    expect(report).toMatchObject({ records: { read: 7, accepted: 0, duplicate: 6, quarantined: 1 }, corrections: 0, quarantine: { byCause: { 'said-before': 1 } } })
    expect((await replayed(chorus)).byType['IncidentReported@1']).toBe(byType['IncidentReported@1'])
  })

  it('shows both in the history, linked: what was corrected, what was taken back', async () => {
    const replaced = numbersOf(AUGUST, '1', 'R').find(number => numbersOf(JULY, '1', 'I').includes(number))!
    const { entries, notice } = await historyOf(`${ORI}/${replaced}`)
    const reports = entries.filter(entry => entry.type === 'IncidentReported')
    expect(reports.map(entry => entry.state)).toEqual(['corrected', 'current'])
    expect(reports[1]!.corrects).toBe(reports[0]!.id)
    expect(reports[0]!.correctedBy).toBe(reports[1]!.id)
    expect(notice).toBe('Entries may be withheld from this view.')
    const deleted = numbersOf(AUGUST, '1', 'D')[0]!
    expect((await historyOf(`${ORI}/${deleted}`)).entries.map(entry => [entry.type, entry.state])).toEqual(expect.arrayContaining([['IncidentReported', 'retracted'], ['EventRetracted', 'current']]))
  })

  it('shows the history as it was known before the correction came', async () => {
    const replaced = numbersOf(AUGUST, '1', 'R').find(number => numbersOf(JULY, '1', 'I').includes(number))!
    const now = await historyOf(`${ORI}/${replaced}`)
    const first = now.entries.find(entry => entry.type === 'IncidentReported')!
    const then = await historyOf(`${ORI}/${replaced}`, { asOfRecorded: first.recorded })
    expect(then.entries.filter(entry => entry.type === 'IncidentReported').map(entry => entry.state)).toEqual(['current'])
    expect(JSON.stringify(then)).not.toContain(now.entries.filter(entry => entry.type === 'IncidentReported').at(-1)!.id)
    await chorus.agent.get('/v1/history').query({ of: `${ORI}/${replaced}`, asOfRecorded: '2099-01-01' }).set('Authorization', await chorus.bearer('intakeAnalyst')).set('X-Purpose', 'caseWork').expect(503)
    await chorus.agent.get('/v1/history').query({ of: `${ORI}/${replaced}`, asOfRecorded: 'yesterday' }).set('Authorization', await chorus.bearer('intakeAnalyst')).set('X-Purpose', 'caseWork').expect(400)
  })

  it('lets a change of an incident that nobody has sent wait, and takes it up by itself when the incident comes', async () => {
    const unknown = numbersOf(AUGUST, '1', 'R').find(number => !numbersOf(JULY, '1', 'I').includes(number))!
    const waiting = (await quarantine()).records.filter(record => record.cause === 'record-not-known')
    expect(waiting).toHaveLength(1)
    const report = await send(linesOf(AUGUST, unknown).split('\n').map(line => line === '' ? line : `${line.slice(0, 5)}I072026${line.slice(12)}`).join('\n'))
    expect(report).toMatchObject({ records: { accepted: 1 }, releasedFromQuarantine: 1 })
    expect((await quarantine()).records.filter(record => record.cause === 'record-not-known')).toEqual([])
  })

  it('lets a person say that a report which was taken back holds again, and keeps it aside until then', async () => {
    const { id } = (await quarantine()).records.find(({ cause }) => cause === 'said-before')!
    const analyst = await chorus.bearer('intakeAnalyst')
    expect((await chorus.agent.get(`/v1/quarantine/${id}`).set('Authorization', analyst).set('X-Purpose', 'caseWork').expect(200)).body.text).toContain('--holds-again')
    const retry = async (body: object): Promise<unknown> => (await chorus.agent.post(`/v1/quarantine/${id}/retry`).set('Authorization', analyst).send({ reason: 'the records unit was asked', ...body }).expect(200)).body
    expect(await retry({})).toMatchObject({ settled: false, cause: 'said-before' })
    expect(await retry({ holdsAgain: true })).toMatchObject({ settled: true, outcome: 'accepted' })
    expect((await send(readFileSync(join(__dirname, '../../samples/nibrs/2026-07.xml')))).records).toMatchObject({ accepted: 0, duplicate: 7, quarantined: 0 })
  })
})

describe('an integration whose token names an agency', () => {
  it('sends that agency\'s records alone: others are quarantined, and intake may take them up', async () => {
    const foreign = await chorus.tokenFor('agencyFeed', 'MOZZ88800')
    const own = await chorus.tokenFor('agencyFeed', ORI)
    const number = numbersOf(JULY, '1', 'I')[3]!
    const record = linesOf(JULY, number).replaceAll(number.padEnd(12), 'Z26-00000001')
    const as = (token: string) => importFile({ ...chorus, bearer: () => Promise.resolve(`Bearer ${token}`) }, Readable.from([Buffer.from(record)]))
    expect(await as(foreign)).toMatchObject({ records: { accepted: 0, quarantined: 1 }, quarantine: { byCause: { 'another-agency': 1 } } })
    const waiting = (await quarantine()).records.find(one => one.cause === 'another-agency')!
    expect((await chorus.agent.get(`/v1/quarantine/${waiting.id}`).set('Authorization', await chorus.bearer('intakeAnalyst')).set('X-Purpose', 'caseWork').expect(200)).body.text).toContain('of another agency')
    expect((await chorus.agent.post(`/v1/quarantine/${waiting.id}/retry`).set('Authorization', await chorus.bearer('intakeAnalyst')).send({ reason: 'handed over' }).expect(200)).body).toMatchObject({ settled: true, outcome: 'accepted' })
    const recorder = chorus.app.get<Recorder>(RECORDER, { strict: false })
    expect((await recorder.unseal(await recorder.load(`quarantine-${waiting.id}`), () => true)).at(-1)).toMatchObject({ type: 'QuarantinedRecordReleased', data: { note: 'handed over' } })
    expect(await as(own)).toMatchObject({ records: { duplicate: 1 } })
  })
})

describe('a quarantined record', () => {
  it('shows its bytes and what to do, is repaired, and is accepted; the wrong bytes sent again are known', async () => {
    const { records } = await quarantine()
    const cut = records.find(record => record.cause === 'line-cut')!
    const detail = (await chorus.agent.get(`/v1/quarantine/${cut.id}`).set('Authorization', await chorus.bearer('intakeAnalyst')).set('X-Purpose', 'caseWork').expect(200)).body as { content: string; text: string }
    expect(JULY.toString('latin1')).toContain(detail.content.trimEnd().split('\n')[0])
    expect(detail.text).toMatch(/line \d+/)
    const repaired = detail.content.split('\n').map(line => line === '' ? line : line.padEnd(Number(line.slice(0, 4)), ' ')).join('\n')
    const answer = await chorus.agent.post(`/v1/quarantine/${cut.id}/repair`).set('Authorization', await chorus.bearer('intakeAnalyst')).send({ content: repaired, reason: 'the line was cut on its way' }).expect(200)
    expect(answer.body).toMatchObject({ settled: true, outcome: 'accepted' })
    expect((await send(detail.content)).records).toMatchObject({ duplicate: 1, quarantined: 0 })
    const after = (await chorus.agent.get(`/v1/quarantine/${cut.id}`).set('Authorization', await chorus.bearer('intakeAnalyst')).set('X-Purpose', 'caseWork').expect(200)).body as object
    expect(after).toMatchObject({ status: 'released', content: repaired, original: { content: detail.content }, text: expect.stringContaining('nothing is left to do') })
    expect(detail).not.toHaveProperty('original')
  })

  it('stays when it is tried again unmended, and is resolved with a reason, once', async () => {
    const { records } = await quarantine()
    const dated = records.find(record => record.cause === 'incident-date-unreadable')!
    const analyst = await chorus.bearer('intakeAnalyst')
    expect((await chorus.agent.post(`/v1/quarantine/${dated.id}/retry`).set('Authorization', analyst).send({ reason: 'a look' }).expect(200)).body).toMatchObject({ settled: false, cause: 'incident-date-unreadable' })
    await chorus.agent.post(`/v1/quarantine/${dated.id}/resolve`).set('Authorization', analyst).send({ reasonCode: 'SOURCE_WILL_RESEND', reason: 'the records unit corrects the date' }).expect(200)
    await chorus.agent.post(`/v1/quarantine/${dated.id}/resolve`).set('Authorization', analyst).send({ reasonCode: 'OTHER', reason: 'again' }).expect(409)
    await chorus.agent.get(`/v1/quarantine/${dated.id}`).set('Authorization', await chorus.bearer('operator')).expect(403)
  })

  it('tries every repair with its own bytes: one that is sent twice, or beside another, hides none', async () => {
    const number = (n: number) => `REPAIR-${n}`.padEnd(12)
    const record = (n: number) => linesOf(JULY, numbersOf(JULY, '1', 'I')[0]!).split('\n').map(line => line && line.slice(0, 25) + number(n) + line.slice(37)).join('\n')
    const wrong = async (n: number): Promise<string> => (await send(record(n).replace('00881I', '00881Q'))).quarantine.first[0]!.id
    const repair = async (id: string, content: string, key?: string) => {
      const asked = chorus.agent.post(`/v1/quarantine/${id}/repair`).set('Authorization', await chorus.bearer('intakeAnalyst'))
      return (key ? asked.set('Idempotency-Key', key) : asked).send({ content, reason: 'the action was wrong' })
    }
    const one = await wrong(1)
    for (let times = 0; times < 2; times++) expect((await repair(one, 'no record', '5f0f5f5e-0000-4000-8000-000000000001')).body).toMatchObject({ settled: false })
    const good = await repair(one, record(1), '5f0f5f5e-0000-4000-8000-000000000002')
    expect(good.body).toMatchObject({ settled: true, outcome: 'accepted' })
    expect((await repair(one, record(1), '5f0f5f5e-0000-4000-8000-000000000002')).body).toEqual(good.body)

    const three = await wrong(3)
    const ordinal = async (): Promise<number> => (await chorus.app.get<Recorder>(RECORDER, { strict: false }).load(`quarantine-${three}`)).length
    const events = await ordinal()
    expect(await repair(three, record(4))).toMatchObject({ status: 422, body: { refused: 'repair_names_another_report', detail: expect.not.stringContaining('REPAIR-') } })
    expect(await repair(three, record(3) + record(4))).toMatchObject({ status: 422, body: { refused: 'repair_names_another_report' } })
    expect(await ordinal()).toBe(events)
    expect((await repair(three, record(3))).body).toMatchObject({ settled: true, outcome: 'accepted' })

    const two = await wrong(2)
    const answers = await Promise.all([repair(two, 'no record'), repair(two, record(2)), repair(two, 'none either')])
    expect(answers[1].body).toMatchObject({ settled: true })
  })
})

describe('a file that goes wrong in part', () => {
  const lines = linesOf(JULY, numbersOf(JULY, '1', 'I')[0]!).split('\n').filter(Boolean)
  const numbered = (number: string, of = lines) => of.map(line => line.slice(0, 25) + number.padEnd(12) + line.slice(37)).join('\n') + '\n'
  const victim = lines.find(line => line[4] === '4')!
  const crowd = lines.flatMap(line => line === victim ? Array.from({ length: 999 }, (_, at) => line.slice(0, 37) + String(at + 1).padStart(3, '0') + line.slice(40)) : [line])

  it('quarantines an incident that is too large for the log, and takes those around it', async () => {
    const report = await send(numbered('LARGE-1') + numbered('LARGE-2', crowd) + numbered('LARGE-3'))
    balanced(report)
    expect(report).toMatchObject({ complete: true, records: { accepted: 2, quarantined: 1 }, quarantine: { byCause: { 'too-large-for-the-log': 1 } } })
    const { id } = report.quarantine.first[0]!
    const again = await chorus.agent.post(`/v1/quarantine/${id}/retry`).set('Authorization', await chorus.bearer('intakeAnalyst')).send({ reason: 'as it is' }).expect(200)
    expect(again.body).toMatchObject({ settled: false, cause: 'too-large-for-the-log' })
  })
  it('is foreseen by a dry run: what is too large, and what amends a record that is new in the same file', async () => {
    const admin = lines.find(line => line[4] === '1')!
    const amended = (line: string, action: string, length = line.length) => `${String(length).padStart(4, '0')}${line.slice(4, 5)}${action}${line.slice(6, length)}`
    const file = numbered('FORESEEN-1') + numbered('FORESEEN-2', crowd) + numbered('FORESEEN-3')
      // says nothing new; takes a victim out
      + numbered('FORESEEN-1', [amended(admin, 'M')]) + numbered('FORESEEN-3', [amended(victim, 'D', 40)])
    const [foreseen, real] = [await send(file, { dryRun: true }), await send(file)] as const
    for (const report of [foreseen, real]) balanced(report)
    expect(real).toMatchObject({ records: { read: 5, accepted: 3, duplicate: 1, quarantined: 1 }, corrections: 1, quarantine: { byCause: { 'too-large-for-the-log': 1 } } })
    const told = ({ lines, records, byAction, corrections, retractions, quarantine: { byCause } }: ImportReport) => ({ lines, records, byAction, corrections, retractions, byCause })
    expect(told(foreseen)).toEqual(told(real))
  })
  it('does not pass for the file that its digest names', async () => {
    const sha256 = createHash('sha256').update('another file').digest('hex')
    await expect(send(numbered('DIGEST-1'), { sha256 })).rejects.toMatchObject({ message: expect.stringContaining('Content-Digest') as string })
    expect((await send(numbered('DIGEST-1'))).records).toMatchObject({ accepted: 0, duplicate: 1 })
    expect((await send('another file', { sha256 })).earlierRuns).toMatchObject([{ complete: false }])
  })
  it('counts a record as accepted in one of the runs that send it at once', async () => {
    const file = Array.from({ length: 300 }, (_, at) => numbered(`ONCE-${at}`)).join('')
    const reports = await Promise.all([send(file), send(file), send(file)])
    reports.forEach(balanced)
    expect(reports.reduce((sum, { records }) => sum + records.accepted, 0)).toBe(300)
  })
  it('refuses a name that no log can hold, and shortens a long one between two characters', async () => {
    for (const [name, status] of [['a\0b', 400], [`${'n'.repeat(300)}😀${'n'.repeat(254)}`, 200], [`😀${'n'.repeat(254)}`, 200]] as const) {
      await chorus.agent.post('/v1/imports/nibrs').query({ name }).set('Authorization', await chorus.bearer('intakeAnalyst')).type('text/plain').send(numbered('NAME-1')).expect(status)
    }
  })
})

it('answers a damaged body and a text that no database holds as what they are', async () => {
  const bearer = await chorus.bearer('intakeAnalyst')
  await chorus.agent.post('/v1/cases').set('Authorization', bearer).set('Content-Encoding', 'gzip').type('json').send('no gzip').expect(400)
  await chorus.agent.get('/v1/history?of=%00').set('Authorization', bearer).set('X-Purpose', 'caseWork').expect(400)
})

describe('a run that is cut short', () => {
  it('is finished by the next run of the same file: nothing lost, nothing doubled', async () => {
    const other = await startChorus()
    try {
      const sha256 = createHash('sha256').update(JULY).digest('hex')
      const slowly = async function* () { for (let at = 0; at < JULY.length; at += 4096) { yield JULY.subarray(at, at + 4096); await new Promise(resolve => setTimeout(resolve, 2)) } }
      await importFile(other, Readable.from(slowly()), { sha256, cutAfter: 30_000 }).catch(() => undefined)
      const report = await importFile(other, Readable.from([JULY]), { sha256 })
      balanced(report)
      expect(report).toMatchObject({ complete: true, records: { quarantined: 3 } })
      const whole = await replayed(chorus)
      const { byType, byCategory } = await replayed(other)
      expect(byCategory.incident).toBe(report.statistics.incidents)
      expect(byType['IncidentReported@1']).toBe(byCategory.incident)
      expect(whole.byCategory.incident).toBeGreaterThan(byCategory.incident!)
      expect(await verdict(other)).toMatchObject({ ok: true })
    } finally { await other.close() }
  }, 60_000)
})

describe('the log behind it', () => {
  it('verifies, and replays to the same digest twice', async () => {
    expect(await verdict(chorus)).toMatchObject({ ok: true })
    expect((await replayed(chorus)).digest).toBe((await replayed(chorus)).digest)
  })
  it('answers the same for what is not there and what a role may not see', async () => {
    const known = (await historyOf(`${ORI}/${numbersOf(JULY, '1', 'I')[0]}`)).of
    const as = async (role: 'healthProgram' | 'evaluator', of: string) => {
      const { status, body } = await chorus.agent.get('/v1/history').query({ of }).set('Authorization', await chorus.bearer(role)).set('X-Purpose', PURPOSES_OF[role][0])
      return { status, ...body as object, instance: undefined }
    }
    expect(await as('healthProgram', known)).toEqual(await as('healthProgram', '00000000-0000-7000-8000-000000000000'))
    const seen = await as('evaluator', known)
    expect(seen.status).toBe(200)
    expect(JSON.stringify(seen)).not.toContain('reportNumber')
  })
})
