/** Extracts of records systems by their mappings, over HTTP: planned, committed, again, changed, wrong; a screen that waits; a roster. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ReportedPersonsNamedV1 } from '@chorus/contracts'
import { RECORDER, repositoryRoot, STORE } from '@chorus/platform'
import type { EventStore, Recorder } from '@chorus/event-store'
import { everyTextIn, startChorus, type TestChorus } from '../support/chorus'

const sample = (name: string): string => readFileSync(join(repositoryRoot(), 'samples', 'extracts', name), 'utf8')
interface Row { readonly row: number; readonly outcome: string; readonly cause?: string; readonly text?: string; readonly quarantine?: string }
interface Report { readonly plan: string; readonly records: { read: number; accepted: number; duplicate: number; quarantined: number }; readonly corrections: number; readonly erased: number; readonly releasedFromQuarantine: number; readonly withoutCase: number; readonly departures: number; readonly rows: readonly Row[] }

describe('extracts', () => {
  let chorus: TestChorus
  let analyst: string
  beforeAll(async () => { chorus = await startChorus(); analyst = await chorus.bearer('intakeAnalyst') })
  afterAll(async () => { await chorus.close() })

  const post = (verb: 'plan' | 'commit', mapping: string, file: string | Buffer) =>
    chorus.agent.post(`/v1/imports/extract/${verb}`).set('Authorization', analyst).attach('mapping', Buffer.from(mapping), 'm.yml').attach('file', Buffer.from(file), 'f.csv')
  const run = async (verb: 'plan' | 'commit', mapping: string, file: string | Buffer): Promise<Report> => {
    const answer = await post(verb, mapping, file).buffer(true).parse((response, done) => { let text = ''; response.on('data', (chunk: Buffer) => { text += chunk.toString() }); response.on('end', () => done(null, text)) })
    expect(answer.status).toBe(200)
    const { result } = JSON.parse((answer.body as string).trim().split('\n').at(-1)!) as { result: Report }
    const { read, accepted, duplicate, quarantined } = result.records
    expect(read).toBe(accepted + duplicate + quarantined)
    expect(result.rows).toHaveLength(read)
    return result
  }
  const head = async (): Promise<number> => (await chorus.app.get<EventStore>(STORE, { strict: false }).head()).ordinal
  const reports = sample('kcpd-reports.csv')
  const byReports = sample('kcpd-reports.map.yml')

  it('a plan records nothing, and a commit records exactly it; the same again adds nothing; a changed row is one correction', async () => {
    const before = await head()
    const plan = await run('plan', byReports, reports)
    expect(await head()).toBe(before)
    expect(plan.rows.map(({ outcome }) => outcome)).toEqual(['new', 'new', 'new', 'new', 'refused'])
    expect(plan.rows[4]).toMatchObject({ cause: 'wrong-time', text: expect.stringContaining('OCC_FROM') })
    const committed = await run('commit', byReports, reports)
    expect(committed.plan).toBe(plan.plan)
    expect(committed.records).toEqual({ read: 5, accepted: 4, duplicate: 0, quarantined: 1 })

    const again = await run('commit', byReports, reports)
    expect(again.records).toEqual({ read: 5, accepted: 0, duplicate: 4, quarantined: 1 })
    const changed = await run('commit', byReports, reports.replace('1 Sample Street', '9 Sample Street'))
    expect([changed.records.accepted, changed.corrections, changed.records.duplicate]).toEqual([1, 1, 3])
    await post('commit', byReports, reports).query({ plan: plan.plan }).expect(409)
  })

  it('the same file twice at once: each row is recorded by one, and counted as known by the other', async () => {
    const [heading, first] = reports.split('\n')
    const file = [heading, ...Array.from({ length: 40 }, (_, at) => first!.replace('FX26-010001', `FX26-03${String(at).padStart(4, '0')}`))].join('\n')
    const both = await Promise.all([run('commit', byReports, file), run('commit', byReports, file), run('commit', byReports, file)])
    expect(both.map(({ records: { accepted, duplicate } }) => accepted + duplicate)).toEqual([40, 40, 40])
    expect(both.reduce((sum, { records }) => sum + records.accepted, 0)).toBe(40)
  })

  it('a row in quarantine is kept whole, explained, repaired by a row of the same number and not of another, and known then', async () => {
    const row = (await run('plan', byReports, reports)).rows[4]!
    expect(row.outcome).toBe('refused')
    const listed = (await chorus.agent.get('/v1/quarantine').set('Authorization', analyst).set('X-Purpose', 'dataQuality').expect(200)).body.records as { id: string; feed: string; firstLine: number }[]
    const { id } = listed.find(({ feed, firstLine }) => feed === 'extract/sample-rms' && firstLine === 6)!
    const detail = (await chorus.agent.get(`/v1/quarantine/${id}`).set('Authorization', analyst).set('X-Purpose', 'dataQuality').expect(200)).body as { content: string; text: string }
    expect(detail.content.split('\n')).toEqual([reports.split('\n')[0], reports.split('\n')[5]])
    expect(detail.text).toContain('OCC_FROM')
    const repair = (content: string) => chorus.agent.post(`/v1/quarantine/${id}/repair`).set('Authorization', analyst).send({ content, reason: 'the hour was misread' })
    expect((await repair(detail.content.replace('25:99', '21:00'))).body).toMatchObject({ settled: true, outcome: 'accepted' })
    expect((await run('commit', byReports, reports)).records).toMatchObject({ duplicate: 5, quarantined: 0 })
  })

  it('a screen of a report that has not come waits, and is recorded by itself when it comes', async () => {
    const screens = await run('commit', sample('lap-screens.map.yml'), sample('lap-screens.json'))
    expect(screens.rows.map(({ outcome }) => outcome)).toEqual(['new', 'new', 'waits'])
    const before = await run('plan', sample('lap-screens.map.yml'), sample('lap-screens.json').replace('2026-07-02T22:05', '2026-07-02T21:05').replace('FX-LAP-1', 'FX-LAP-9'))
    expect(before.rows[0]).toMatchObject({ outcome: 'refused', cause: 'screen-before-incident' })
    const [heading, first] = reports.split('\n')
    const late = await run('commit', byReports, `${heading}\n${first!.replace('FX26-010001', 'FX26-019999')}\n`)
    expect(late.releasedFromQuarantine).toBe(1)
    expect((await run('commit', sample('lap-screens.map.yml'), sample('lap-screens.json'))).records).toEqual({ read: 3, accepted: 0, duplicate: 3, quarantined: 0 })
  })

  it.each([['presentations', 2, 'CHI;WEA', 'CHI'], ['court-conditions', 2, ';Y;N;;', ';Y;N;N;'], ['charging', 2, 'FX-D-2,FX26-010002,D', 'FX-D-2,FX26-010002,F'], ['municipal-court', 1, 'SIS,DISMISSED', 'SIS,GUILTY'], ['arrests', 2, '23:10', '23:12']])('%s: twice adds nothing, one changed row is one correction', async (name, rows, was, is) => {
    const [map, file] = [sample(`${name}.map.yml`), sample(`${name}.csv`)]
    expect((await run('commit', map, file)).records).toEqual({ read: rows, accepted: rows, duplicate: 0, quarantined: 0 })
    expect((await run('commit', map, file)).records).toEqual({ read: rows, accepted: 0, duplicate: rows, quarantined: 0 })
    const changed = await run('commit', map, file.replace(was, is))
    expect([changed.records.accepted, changed.corrections, changed.records.duplicate]).toEqual([1, 1, rows - 1])
  })

  it('a roster of people without a case records nobody; an empty one is not believed', async () => {
    const [map, file] = [sample('jail-roster.map.yml'), sample('jail-roster.csv')]
    expect(await run('commit', map, file)).toMatchObject({ records: { read: 2, accepted: 0, duplicate: 2, quarantined: 0 }, withoutCase: 2, departures: 0 })
    await post('commit', map, file.split('\n')[0]!).expect(422)
  })

  it('a roster takes the person of an open case in, says it once, and lets out who is no longer on it', async () => {
    const as = async (role: 'detective' | 'intakeAnalyst', path: string, body: object) => (await chorus.agent.post(`/v1/${path}`).set('Authorization', await chorus.bearer(role)).send(body).expect(200)).body as { stream: string }
    const idIn = ({ stream }: { stream: string }): string => stream.slice(stream.indexOf('-') + 1)
    interface Listed { readonly incidentId: string; readonly outcome: string; readonly arrestMade: boolean; readonly pairs: readonly { victimToken: string; offenderToken: string }[] }
    const listed = async (): Promise<Listed> => {
      for (let tries = 0; tries < 200; tries++) {
        const { incidents } = (await chorus.agent.get('/v1/incidents').query({ state: 'awaiting-relationship', limit: 500 }).set('Authorization', analyst).set('X-Purpose', 'caseWork').expect(200)).body as { incidents: Listed[] }
        const found = incidents.find(({ arrestMade, pairs }) => arrestMade && pairs.length === 1)
        if (found) return found
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      throw new Error('no reported incident was screened')
    }
    const { incidentId, pairs: [pair] } = await listed()
    const person = (name: string, id: string) => ({ name, birthDate: '1990-05-06', identifiers: [{ system: 'sample-rms', id }] })
    const referralId = idIn(await as('intakeAnalyst', 'referrals', { source: 'KCPD', incidentIds: [incidentId], subject: person('Fictional Person Alpha', 'FXP-2001'), victim: person('Fictional Person Beta', 'FXP-1001') }))
    await as('detective', `incidents/${incidentId}/relationship`, { victimToken: pair!.victimToken, offenderToken: pair!.offenderToken, basis: 'DATING', method: 'INTERVIEW' })
    await as('detective', `incidents/${incidentId}/primary-aggressor`, { aggressorToken: pair!.offenderToken, dualArrest: false, basis: ['INJURY'] })
    const caseId = idIn(await as('intakeAnalyst', 'cases', { referralId, indexIncidentId: incidentId, subjectInIncident: pair!.offenderToken }))
    const statuses = async (): Promise<string[]> => Object.values(((await chorus.agent.get(`/v1/cases/${caseId}/circumstances`).set('Authorization', analyst).set('X-Purpose', 'caseWork').expect(200)).body as { holds: Record<string, { entries: { status: string; time: string }[] }> }).holds).flatMap(({ entries }) => entries.map(({ status, time }) => status === 'IN' ? `${status} ${time}` : status))

    const [map, file] = [sample('jail-roster.map.yml'), sample('jail-roster.csv')]
    expect(await run('plan', map, file)).toMatchObject({ records: { accepted: 1, duplicate: 1 }, withoutCase: 1 })
    expect(await statuses()).toEqual([])
    expect(await run('commit', map, file)).toMatchObject({ records: { accepted: 1, duplicate: 1 }, withoutCase: 1, departures: 0 })
    expect(await run('commit', map, file)).toMatchObject({ records: { accepted: 0, duplicate: 2 }, departures: 0 })
    expect(await run('commit', map, file.replace('23:55', '23:50'))).toMatchObject({ records: { accepted: 1 }, corrections: 1 })
    expect(await statuses()).toEqual(['IN 2026-07-02T23:50'])
    const without = file.split('\n').filter((line) => !line.startsWith('FXB-900')).join('\n')
    expect(await run('plan', map.replace('full: true', 'full: false').replace('version: 1', 'version: 2'), without)).toMatchObject({ departures: 0 })
    expect(await run('commit', map, without)).toMatchObject({ departures: 1 })
    expect(await run('commit', map, without)).toMatchObject({ departures: 0 })
    expect(await statuses()).toEqual(['IN 2026-07-02T23:50', 'OUT'])

    // Supervision speaks of the persons of open cases alone.
    const [supervision, entries] = [sample('probation.map.yml'), sample('probation.csv')]
    expect(await run('commit', supervision, entries)).toMatchObject({ records: { read: 3, accepted: 2, duplicate: 1 }, withoutCase: 1 })
    expect(await run('commit', supervision, entries)).toMatchObject({ records: { accepted: 0, duplicate: 3 } })
    expect(await run('commit', supervision, entries.replace('VIOL', 'OK'))).toMatchObject({ records: { accepted: 1, duplicate: 2 }, corrections: 1 })

    // By hand where its clock cannot wait: the feed's row of the same number completes it, and adds no second arrest.
    const byHand = { ori: 'MOZZ99900', system: 'sample-arrests', arrestNumber: 'fx-a-701', at: '2026-07-02T23:05', caseId }
    const { stream } = await as('detective', 'arrests', byHand)
    await as('detective', 'arrests', byHand)
    const fed = await run('commit', sample('arrests.map.yml'), sample('arrests.csv').replaceAll('FX-A-50', 'FX-A-70'))
    expect([fed.records.accepted, fed.corrections]).toEqual([2, 1])
    await chorus.agent.post('/v1/arrests').set('Authorization', await chorus.bearer('detective')).send({ ...byHand, at: '2026-07-02T23:06' }).expect(409)
    const versions: unknown[] = []
    for await (const stored of chorus.app.get<EventStore>(STORE, { strict: false }).readAll({ filter: { types: ['ArrestRecorded'] } })) { const event = JSON.parse(stored.text) as { stream: string; partitionkey: string; data: { token: string } }; if (event.stream === stream) versions.push([event.partitionkey]) }
    expect(versions).toEqual([[`pchCase-${caseId}`], [`pchCase-${caseId}`]])

    // An arrest of the person of an open case has the case as its partition key: the clocks of hours start from it.
    await run('commit', sample('arrests.map.yml'), sample('arrests.csv').replaceAll('FX-A-50', 'FX-A-60'))
    const keys = new Set<string>()
    for await (const stored of chorus.app.get<EventStore>(STORE, { strict: false }).readAll({ filter: { types: ['ArrestRecorded'] } })) keys.add((JSON.parse(stored.text) as { partitionkey: string }).partitionkey)
    expect([...keys]).toContain(`pchCase-${caseId}`)
  })

  it('says of what is wrong where it is, and echoes nothing of it', async () => {
    const secret = 'Marmaduke Underhill'
    const says = async (mapping: string, file: string | Buffer, status: number): Promise<string> => { const { text } = await post('plan', mapping, file).expect(status); expect(text).not.toContain(secret); return text }
    expect(await says(byReports.replace('codes: { Y: true, N: false } }\n  strang', 'codes: { Y: yes please } }\n  strang'), reports, 422)).toMatch(/line 14.*fields\/dvFlag/)
    expect(await says('a: [', reports, 422)).toContain('line 1')
    expect(await says(byReports, `${secret},x\n1,2\n`, 422)).toContain('REPORT_NO')
    expect(await says(byReports, '', 422)).toContain('empty')
    expect(await says(byReports, Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 1]), 422)).toContain('not text')
    expect(await says(byReports.replace('division:', 'beat:'), reports, 422)).toContain('line')
    await post('commit', byReports.replace('column: BEAT', 'column: DIV'), reports).expect(409)
  })

  it('leaves no name, number or address in the clear', async () => {
    const secrets = ['Sample, Ada', 'Sample, Bert', '1 Sample Street', '9 Sample Street', 'FXP-1001', 'FX26-010001', 'FX-LAP-1', 'FX-A-501', 'FX-OCN-1', 'FXB-900', 'FX-D-1', 'FX-M-77', 'FX-P-11', 'FX-E-301', 'FX-S-41']
    let rows = 0
    for await (const { table, text } of everyTextIn(chorus.adminUrl)) { rows++; expect([table, secrets.filter((value) => [value, Buffer.from(value).toString('base64').replace(/=+$/, ''), Buffer.from(value).toString('hex')].some((form) => text.includes(form)))]).toEqual([table, []]) }
    expect(rows).toBeGreaterThan(50)
    expect(secrets.filter((value) => chorus.logs.text().includes(value))).toEqual([])
  })

  it('what is ordered about a person or a report takes along the rows in quarantine that name them; sent again, such a row is known and not kept', async () => {
    const [heading, first] = reports.split('\n')
    const row = (number: string, victim: string, offender: string): string => first!.replace('FX26-010001', number).replace('FXP-1001', victim).replace('FXP-2001', offender)
    const wrong = (line: string): string => line.replace('21:40', '25:99')
    const accepted = `${heading}\n${row('FX26-018001', 'FXP-8101', 'FXP-8201')}\n${row('FX26-018002', 'FXP-8102', 'FXP-8202')}\n`
    expect((await run('commit', byReports, accepted)).records.accepted).toBe(2)
    // another report of the same two; and a change of a report that cannot be read, about others
    const unreadable = `${heading}\n${wrong(row('FX26-018003', 'FXP-8101', 'FXP-8201'))}\n${wrong(row('FX26-018002', 'FXP-8104', 'FXP-8204'))}\n${wrong(row('FX26-018005', 'FXP-8105', 'FXP-8205'))}\n`
    const [ofPerson, ofReport, ofOthers] = (await run('commit', byReports, unreadable)).rows.map(({ quarantine }) => quarantine!)
    const shown = async (id: string | undefined): Promise<{ content?: string }> => (await chorus.agent.get(`/v1/quarantine/${id!}`).set('Authorization', analyst).set('X-Purpose', 'dataQuality').expect(200)).body as { content?: string }
    for (const id of [ofPerson, ofReport, ofOthers]) expect((await shown(id)).content).toContain('Sample, Bert')

    // a row of somebody who has no case here, and one that is repaired so that it names him, and cannot be read for all that
    const [entries] = [sample('probation.csv').split('\n')]
    const supervised = (await run('commit', sample('probation.map.yml'), `${entries[0]!}\n${entries[1]!.replace('FX-S-41', 'FX-S-81').replace('FXP-2001', 'FXP-8201').replace(/\d\d\/\d\d\/2026/, '29/55/2026')}\n`)).rows[0]!.quarantine
    const repaired = (await run('commit', byReports, `${heading}\n${wrong(row('FX26-018006', 'FXP-8106', 'FXP-8206'))}\n`)).rows[0]!.quarantine
    const repair = (content: string) => chorus.agent.post(`/v1/quarantine/${repaired!}/repair`).set('Authorization', analyst).send({ content, reason: 'the number was misread' })
    const namesHim = `${heading}\n${wrong(row('FX26-018006', 'FXP-8106', 'FXP-8201'))}`
    expect((await repair(namesHim)).body).toMatchObject({ settled: false, cause: 'wrong-time' })
    expect([(await shown(supervised)).content, (await shown(repaired)).content]).toEqual([expect.stringContaining('FXP-8201'), expect.stringContaining('FXP-8201')])

    const recorder = chorus.app.get<Recorder>(RECORDER, { strict: false })
    const named: { stream: string; offender: string }[] = []
    for await (const { stream, data } of recorder.read({ filter: { types: ['ReportedPersonsNamed'] } })) named.push({ stream, offender: (data as ReportedPersonsNamedV1).offenders[0]?.token ?? '' })
    const [{ offender }, { stream: report }] = named.slice(-2) as [typeof named[0], typeof named[0]]
    const order = async (subject: string) => (await chorus.agent.post(`/v1/keys/${subject}/destruction`).set('Authorization', await chorus.bearer('privacyOfficer')).send({ court: 'CIRCUIT', orderRef: 'FICTION-ORDER-9', reason: 'as the court found' })).status
    expect([await order(offender), await order(report)]).toEqual([200, 200])
    for (const id of [ofPerson, ofReport, supervised, repaired]) expect(JSON.stringify(await shown(id))).not.toMatch(/Sample, |FXP-8|25:99/)
    expect((await shown(ofOthers)).content).toContain('Sample, Bert')
    expect((await repair(namesHim)).body).toMatchObject({ refused: 'erased_by_order' })
    // nothing is recorded of a destroyed report, and nothing about it is set aside
    const screens = JSON.parse(sample('lap-screens.json')) as { rows?: unknown }
    const ofGone = JSON.stringify(screens).replaceAll('FX-LAP-', 'FX-LAP-9').replaceAll(/FX26-01\d{4}/g, 'FX26-018002')
    expect((await run('commit', sample('lap-screens.map.yml'), ofGone)).rows.map(({ outcome, cause }) => [outcome, cause])).toEqual(Array.from({ length: 3 }, () => ['duplicate', 'erased']))
    // a row that is destroyed by its own name is known when it comes again, whatever else is wrong in the file
    expect(await order(`quarantine-${ofOthers!}`)).toBe(200)
    const resent = await run('commit', byReports, `${unreadable}${wrong(row('FX26-018007', 'FXP-8107', 'FXP-8207'))}\n`)
    expect([resent.records, resent.erased]).toEqual([{ read: 4, accepted: 0, duplicate: 3, quarantined: 1 }, 3])
    // a row that nobody can read brings back nobody
    const again = (await run('commit', byReports, `${heading}\n${wrong(row('FX26-018009', 'FXP-8109', 'FXP-8201'))}\n${wrong(row('FX26-018002', 'FXP-8109', 'FXP-8209'))}\n`)).rows
    expect(again).toMatchObject([{ outcome: 'duplicate', cause: 'erased' }, { outcome: 'duplicate', cause: 'erased' }])
  })
})
