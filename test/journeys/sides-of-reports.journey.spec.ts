/** Who a referral names is held against whom the reports name, over HTTP: what is on file counts, also where nothing was referred on it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '@chorus/platform'
import { startChorus, type TestChorus } from '../support/chorus'
import { idIn, Thread, type Reply } from '../support/thread'

const sample = (name: string): string => readFileSync(join(repositoryRoot(), 'samples/extracts', name), 'utf8')
const MAPPING = sample('kcpd-reports.map.yml').replace('mapping: kcpd-reports', 'mapping: kcpd-reports-vo').replace('STRANGER: ST', 'STRANGER: ST, VO: VO')
interface Listed { readonly incidentId: string; readonly outcome: string; readonly pairs: readonly { readonly victimToken: string; readonly offenderToken: string; readonly relationship: string }[] }
const MAN = 'FXP-510001'
const WOMAN = 'FXP-510002'

describe('the sides of reports', () => {
  let chorus: TestChorus
  let thread: Thread
  beforeAll(async () => { chorus = await startChorus(); thread = new Thread({ addressOf: () => chorus.address, bearer: chorus.bearer }) })
  afterAll(async () => { await chorus.close() })

  const [heading, first] = sample('kcpd-reports.csv').split('\n') as [string, string]
  const columns = heading.split(',')
  const known = new Set<string>()
  /** One report between these two numbers; the incident that has come to the list by it. */
  const report = async (n: number, victim: string, offender: string, more: Readonly<Record<string, string>> = {}): Promise<Listed> => {
    const cells = first.match(/("[^"]*"|[^,]*)(,|$)/g)!.map((cell) => cell.replace(/,$/, '')).slice(0, columns.length)
    const changed: Readonly<Record<string, string>> = { REPORT_NO: `FX26-05000${n}`, CAD: `FC-75${n}`, V_ID: victim, O_ID: offender, V_NAME: '', O_NAME: '', ...more }
    expect((await thread.commit(MAPPING, `${heading}\n${columns.map((name, at) => changed[name] ?? cells[at]).join(',')}\n`)).records).toMatchObject({ read: 1, accepted: 1 })
    const isNew = (one: Listed): boolean => !known.has(one.incidentId)
    const { incidents } = await thread.until<{ incidents: Listed[] }>('the incident in the list', 'intakeAnalyst', 'incidents?limit=500', (body) => body.incidents.some(isNew))
    const found = incidents.find(isNew)!
    known.add(found.incidentId)
    return found
  }
  const confirm = async ({ incidentId, pairs: [pair] }: Listed): Promise<void> => {
    await thread.done('detective', `incidents/${incidentId}/relationship`, { victimToken: pair!.victimToken, offenderToken: pair!.offenderToken, basis: 'DATING', method: 'INTERVIEW' })
    await thread.done('detective', `incidents/${incidentId}/primary-aggressor`, { aggressorToken: pair!.offenderToken, dualArrest: false, basis: ['INJURY'] })
  }
  const person = (number?: string): object => ({ name: 'Fictional Person', birthDate: '1980-01-31', ...(number && { identifiers: [{ system: 'sample-rms', id: number }] }) })
  const refer = async ({ incidentId }: Listed, subject?: string, victim?: string): Promise<string> => {
    const { birthDate: _, ...partner } = person(victim) as { birthDate: string }
    return idIn(await thread.done('intakeAnalyst', 'referrals', { source: 'KCPD', incidentIds: [incidentId], subject: person(subject), victim: partner }))
  }
  const open = (referralId: string, { incidentId, pairs: [pair] }: Listed): Promise<Reply> => thread.post('intakeAnalyst', 'cases', { referralId, indexIncidentId: incidentId, subjectInIncident: pair!.offenderToken })
  let [his, hers]: (Listed | undefined)[] = []

  it('a referral whose sides were exchanged opens no case on the victim', async () => {
    his = await report(1, WOMAN, MAN)
    await confirm(his)
    expect(await open(await refer(his, WOMAN), his)).toMatchObject({ status: 422, body: { refused: 'subject_is_another' } })
    expect(await open(await refer(his, MAN), his)).toMatchObject({ status: 200 })
  })

  it('she becomes no subject on his complaint before both have reviewed it, with her number and without', async () => {
    hers = await report(2, MAN, WOMAN)
    await confirm(hers)
    expect(await open(await refer(hers), hers)).toMatchObject({ status: 422, body: { refused: 'victim_of_record', rules: ['I7'] } })
    const referralId = await refer(hers, WOMAN)
    expect(await open(referralId, hers)).toMatchObject({ status: 422, body: { refused: 'victim_of_record', rules: ['I7'] } })
    const { body } = await thread.get<{ pairId: string; subjectRef: string }>('prosecutor', `referrals/${referralId}`)
    await thread.review(body.pairId, body.subjectRef, 'SUBJECT_MAY_BE_CONSIDERED')
    expect(await open(referralId, hers)).toMatchObject({ status: 200 })
  })

  it('he has one open case, whatever he was referred by', async () => {
    const again = await report(3, 'FXP-510003', MAN)
    await confirm(again)
    const referralId = await refer(again)
    const { body } = await thread.get<{ pairId: string; subjectRef: string }>('prosecutor', `referrals/${referralId}`)
    await thread.review(body.pairId, body.subjectRef, 'SUBJECT_MAY_BE_CONSIDERED')
    expect(await open(referralId, again)).toMatchObject({ status: 409, body: { refused: 'case_already_open', rules: ['I2'] } })
  })

  it('two reports of one person, each with a referral without his number: of two openings at the same moment one opens', async () => {
    for (const one of [0, 1, 2]) {
      const cases: { listed: Listed; referralId: string }[] = []
      for (const n of [0, 1]) {
        const listed = await report(Number(`9${one}${n}`), `FXP-5109${one}${n}`, `FXP-5108${one}0`)
        await confirm(listed)
        cases.push({ listed, referralId: await refer(listed) })
      }
      const answers = await Promise.all(cases.map(({ listed, referralId }) => open(referralId, listed)))
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
      expect(answers.find(({ status }) => status === 409)).toMatchObject({ body: { refused: 'case_already_open', rules: ['I2'] } })
    }
  })

  it('his arrest, entered by hand for his case, is completed by its row under the number that the report alone has of him', async () => {
    const listed = await report(4, 'FXP-510921', 'FXP-510821')
    await confirm(listed)
    const caseId = idIn(await open(await refer(listed), listed))
    const arrest = { ori: 'MOZZ99900', system: 'sample-arrests', arrestNumber: 'FX-H-821', at: '2026-07-02T23:05', caseId }
    await thread.done('detective', 'arrests', arrest)
    const row = (number: string): Promise<{ records: object; corrections: number }> => thread.commit(sample('arrests.map.yml'), `${sample('arrests.csv').split('\n')[0]!}\nFX-H-821,07/02/2026 23:10,,,565.076,S,,,${number},,,36,M\n`)
    expect(await row('FXP-510921')).toMatchObject({ records: { read: 1, quarantined: 1 } })
    expect(await row('FXP-510821')).toMatchObject({ records: { read: 1, accepted: 1 }, corrections: 1 })
  })

  it('he and she are never linked, each referred with a number of the report', async () => {
    const [one, other] = await Promise.all([refer(his!, MAN), refer(hers!, WOMAN)].map(async (id) => (await thread.get<{ subjectRef: string }>('prosecutor', `referrals/${await id}`)).body.subjectRef))
    expect(await thread.post('intakeAnalyst', 'persons/links', { keepRef: one, mergedRef: other, basis: 'REVIEW_OF_RECORDS' })).toMatchObject({ status: 422, body: { refused: 'opposite_sides' } })
  })

  it('a report that says that the victim was an offender, and is flagged as domestic, is among those to be reviewed; a case on it asks for a review', async () => {
    const mutual = await report(5, 'FXP-510004', 'FXP-510005', { REL: 'VO', DV: 'Y' })
    expect(mutual).toMatchObject({ outcome: 'UNDECIDED', pairs: [{ relationship: 'NOT_STATED' }] })
    await confirm(mutual)
    expect(await open(await refer(mutual), mutual)).toMatchObject({ status: 422, body: { refused: 'victim_of_record' } })
  })
})
