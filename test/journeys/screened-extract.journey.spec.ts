/** What an extract says of the ages of the two and of what they are to each other, and what becomes of it, over HTTP. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '@chorus/platform'
import { everyTextIn, startChorus, type TestChorus } from '../support/chorus'
import { idIn, SUBJECT, Thread, VICTIM, type Reply } from '../support/thread'

const sample = (name: string): string => readFileSync(join(repositoryRoot(), 'samples/extracts', name), 'utf8')
interface Listed { readonly incidentId: string; readonly outcome: string; readonly pairs: readonly { readonly victimToken: string; readonly offenderToken: string; readonly relationship: string }[] }

describe('an extract is screened', () => {
  let chorus: TestChorus
  let thread: Thread
  beforeAll(async () => { chorus = await startChorus(); thread = new Thread({ addressOf: () => chorus.address, bearer: chorus.bearer }) })
  afterAll(async () => { await chorus.close() })

  const [heading, first] = sample('kcpd-reports.csv').split('\n') as [string, string]
  const columns = heading.split(',')
  /** The first row of the sample with a number of its own, each person new, and these columns as given. */
  const row = (number: number, given: Readonly<Record<string, string>>): string => {
    const cells = first.match(/("[^"]*"|[^,]*)(,|$)/g)!.map((cell) => cell.replace(/,$/, '')).slice(0, columns.length)
    const changed: Readonly<Record<string, string>> = { REPORT_NO: `FX26-03000${number}`, CAD: `FC-70${number}`, V_ID: `FXP-410${number}`, O_ID: `FXP-420${number}`, ...given }
    return columns.map((name, at) => changed[name] ?? cells[at]).join(',')
  }
  const commit = async (number: number, given: Readonly<Record<string, string>>): Promise<void> => { expect((await thread.commit(sample('kcpd-reports.map.yml'), `${heading}\n${row(number, given)}\n`)).records).toMatchObject({ read: 1, accepted: 1 }) }
  const known = new Set<string>()
  /** The incident that has come to the list since the last look. */
  const listed = async (holds: (one: Listed) => boolean = () => true): Promise<Listed> => {
    const isNew = (one: Listed): boolean => !known.has(one.incidentId) && holds(one)
    const { incidents } = await thread.until<{ incidents: Listed[] }>('the incident in the list', 'intakeAnalyst', 'incidents?limit=500', (body) => body.incidents.some(isNew))
    const found = incidents.find(isNew)!
    known.add(found.incidentId)
    return found
  }
  const confirmed = async ({ incidentId, pairs: [pair] }: Listed, victim: object = {}): Promise<() => Promise<Reply>> => {
    const { birthDate: _, ...her } = VICTIM
    const referralId = idIn(await thread.done('intakeAnalyst', 'referrals', { source: 'KCPD', incidentIds: [incidentId], subject: { ...SUBJECT, name: `Fictional Person ${incidentId.slice(0, 8)}` }, victim: { ...her, ...victim } }))
    await thread.done('detective', `incidents/${incidentId}/relationship`, { victimToken: pair!.victimToken, offenderToken: pair!.offenderToken, basis: 'DATING', method: 'INTERVIEW' })
    await thread.done('detective', `incidents/${incidentId}/primary-aggressor`, { aggressorToken: pair!.offenderToken, dualArrest: false, basis: ['INJURY'] })
    return () => thread.post('intakeAnalyst', 'cases', { referralId, indexIncidentId: incidentId, subjectInIncident: pair!.offenderToken })
  }

  it('a victim who was a minor: no case, and the way on which she is looked after; corrected, there is one', async () => {
    await commit(1, { V_AGE: '16', V_DOB: '' })
    const minor = await listed()
    expect(minor.outcome).toBe('NOT_ELIGIBLE')
    const open = await confirmed(minor)
    expect(await open()).toMatchObject({ status: 422, body: { refused: 'victim_minor', detail: expect.stringContaining('VICTIM_MINOR') as string } })
    await commit(1, { V_AGE: '26', V_DOB: '' })
    await thread.until<{ incidents: Listed[] }>('the correction', 'intakeAnalyst', 'incidents?limit=500', (body) => body.incidents.some(({ incidentId, outcome }) => incidentId === minor.incidentId && outcome === 'CANDIDATE'))
    expect(await open()).toMatchObject({ status: 200 })
  })

  it('the same by the birth date of the referral; where nobody knows her age a case is opened as ever', async () => {
    await commit(2, { V_AGE: '', V_DOB: '' })
    const unknown = await listed()
    expect(unknown.outcome).toBe('UNDECIDED')
    expect(await (await confirmed(unknown, { birthDate: '2010-01-01' }))()).toMatchObject({ status: 422, body: { refused: 'victim_minor' } })
    await commit(3, { V_AGE: '', V_DOB: '' })
    expect(await (await confirmed(await listed()))()).toMatchObject({ status: 200 })
  })

  it('domestic by the flag alone, the incident is among those to be reviewed, and a person confirms the relationship', async () => {
    await commit(4, { REL: '' })
    const open = await listed()
    expect(open).toMatchObject({ outcome: 'UNDECIDED', pairs: [{ relationship: 'NOT_STATED' }] })
    expect(await (await confirmed(open))()).toMatchObject({ status: 200 })
    // without the flag it is nobody's work
    await commit(5, { REL: '', DV: 'N' })
    await commit(6, {})
    expect((await listed()).pairs).toMatchObject([{ relationship: 'BG' }])
  })

  it('a birth date without an age tells the age at the incident, and no more', async () => {
    await commit(7, { V_AGE: '', O_AGE: '' })
    expect((await listed()).outcome).toBe('CANDIDATE')
    await commit(8, { V_AGE: '', O_AGE: '', V_DOB: '07/03/2008' })
    expect((await listed()).outcome).toBe('NOT_ELIGIBLE')
    for await (const { table, text } of everyTextIn(chorus.adminUrl)) if (/1992-03-04|1990-05-06|2008-07-03/.test(text)) throw new Error(`a birth date stands in ${table}`)
  })

  it('a report that came by an extract has a history by its number', async () => {
    await commit(9, {})
    const { incidentId } = await listed()
    const { status, body } = await thread.get<{ of: string; kind: string }>('intakeAnalyst', 'history?of=MOZZ99900/fx26-030009')
    expect({ status, body }).toMatchObject({ status: 200, body: { kind: 'incident', of: incidentId } })
    expect((await thread.get('intakeAnalyst', 'history?of=MOZZ99901/FX26-030009')).status).toBe(404)
  })
})
