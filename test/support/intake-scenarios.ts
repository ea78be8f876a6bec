/**
 * Scenarios 14, 8, 6, 2 (its intake part) and 10 of the domain reference (§3.12), one after the other, on whatever form of Chorus
 * they are given: over HTTP, and by what its log says. Clocks are not set: the arrest lies forty days back.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DateTime } from 'luxon'
import type { IncidentReportedV1, RecordedEvent, Role } from '@chorus/contracts'
import { decode } from '@chorus/event-store'
import { repositoryRoot } from '@chorus/platform'
import { shapeOfLog } from './log-shape'
import { mutualArrest, withStore } from './scenarios'
import { idIn, type Thread } from './thread'

export interface Place { readonly url: string; readonly logUrl?: string }
interface Incident { readonly incidentId: string; readonly victimToken: string; readonly offenderToken: string }

const events = ({ url, logUrl }: Place): Promise<RecordedEvent[]> => withStore(url, async (store) => { const all: RecordedEvent[] = []; for await (const event of store.readAll()) all.push(decode(event)); return all }, logUrl)
const sample = (name: string): string => readFileSync(join(repositoryRoot(), 'samples/extracts', name), 'utf8')

/** Three rows of one night: an arrest, and two calls without one. */
const night = (): string => {
  const [heading, ...rows] = sample('kcpd-reports.csv').split('\n')
  const day = DateTime.now().setZone('America/Chicago').minus({ days: 40 }).toFormat('MM/dd/yyyy')
  const like = (row: string, number: number, arrest: 'Y' | 'N'): string => row.replace('FX26-010001', `FX26-02000${number}`).replace('FC-551', `FC-60${number}`).replace('07/02/2026', day).replace('N,Y,Y,CPD', `N,Y,${arrest},CPD`)
    .replaceAll('FXP-1001', `FXP-310${number}`).replaceAll('FXP-2001', `FXP-320${number}`)
  return [heading, like(rows[0]!, 1, 'Y'), like(rows[0]!, 2, 'N'), like(rows[0]!, 3, 'N'), ''].join('\n')
}

/** Scenario 14: the same file twice adds no event of a record; one changed row is exactly one correction. */
async function sameFileTwice(thread: Thread, place: Place): Promise<readonly Incident[]> {
  const [file, mapping] = [night(), sample('kcpd-reports.map.yml')]
  const before = new Set((await events(place)).map(({ id }) => id))
  const news = async (): Promise<RecordedEvent[]> => (await events(place)).filter(({ id, type }) => !before.has(id) && type === 'IncidentReported')
  expect((await thread.commit(mapping, file)).records).toEqual({ read: 3, accepted: 3, duplicate: 0, quarantined: 0 })
  expect(await news()).toHaveLength(3)
  expect((await thread.commit(mapping, file)).records).toEqual({ read: 3, accepted: 0, duplicate: 3, quarantined: 0 })
  expect(await news()).toHaveLength(3)
  const changed = await thread.commit(mapping, file.replace('1 Sample Street', '9 Sample Street'))
  expect([changed.records, changed.corrections]).toEqual([{ read: 3, accepted: 1, duplicate: 2, quarantined: 0 }, 1])
  const reports = await news()
  expect([reports.length, reports.filter(({ corrects }) => corrects !== undefined).length]).toEqual([4, 1])
  return [...new Map(reports.map((event) => [event.stream, event.data as IncidentReportedV1])).values()]
    .sort((one, other) => Number(other.arrestMade) - Number(one.arrestMade))
    .map(({ incidentId, victims, offenders }) => ({ incidentId, victimToken: victims[0]!.token, offenderToken: offenders[0]!.token }))
}

/** Scenario 8: two referred persons are one; their history is one and the level is proposed anew; taken back, both are as before. */
async function oneInTwoRecords(thread: Thread, place: Place, [first, second]: readonly [Incident, Incident]): Promise<void> {
  const { caseId } = await thread.toProposal(first, { name: 'Fictional Person Kappa', birthDate: '1977-11-23' }, { name: 'Fictional Person Lambda' }, 1)
  const { caseId: otherId } = await thread.toProposal(second, { name: 'Fictional Person Mu', birthDate: '1977-11-23' }, { name: 'Fictional Person Nu' }, 3)
  const refOf = async (of: string): Promise<string> => ((await events(place)).find(({ type, stream }) => type === 'CaseOpened' && stream === `pchCase-${of}`)!.data as { subjectRef: string }).subjectRef
  const proposal = async (): Promise<string> => ((await events(place)).filter(({ type, stream }) => type === 'LevelProposed' && stream === `pchCase-${caseId}`).at(-1)!.data as { level: string }).level
  const history = async (): Promise<string> => JSON.stringify((await thread.get('prosecutor', `history?of=${caseId}`)).body)
  const [keepRef, mergedRef, before] = [await refOf(caseId), await refOf(otherId), await proposal()]
  expect([before === 'A', (await history()).includes(otherId)]).toEqual([false, false])

  await thread.done('intakeAnalyst', 'persons/links', { keepRef, mergedRef, basis: 'FINGERPRINTS' })
  expect((await events(place)).findLast(({ type }) => type === 'PersonIdentitiesLinked')).toMatchObject({ breaches: ['I2'], data: { decidedBy: 'human', openCaseIds: [caseId, otherId].sort() } })
  expect([await proposal(), (await history()).includes(otherId)]).toEqual(['A', true])

  await thread.done('prosecutor', 'persons/separations', { oneRef: keepRef, otherRef: mergedRef, reason: 'DIFFERENT_PEOPLE' })
  expect([await proposal(), (await history()).includes(`"caseId":"${otherId}"`)]).toEqual([before, false])
}

interface Task { readonly notificationId: string; readonly level?: string; readonly mode?: string }

/** Scenario 2, its intake part: thirty days without a charge close the record; justice keeps it and the level, everybody else the task; charges open it again. */
async function arrestWithoutCharge(thread: Thread, place: Place, incident: Incident): Promise<{ readonly caseId: string; readonly referralId: string }> {
  const { caseId, referralId } = await thread.toProposal(incident, { name: 'Fictional Person Xi', birthDate: '1985-01-31' }, { name: 'Fictional Person Omicron' }, 1)
  await thread.done('intakeAnalyst', `cases/${caseId}/level`, { level: 'C' })
  const task = (role: Role, holds: (task: Task) => boolean): Promise<unknown> =>
    thread.until(`the task as ${role} sees it`, role, `notifications?caseId=${caseId}`, ({ notifications: [one] }: { notifications: Task[] }) => one !== undefined && holds(one))
  const levelled = async (role: Role): Promise<boolean> => JSON.stringify((await thread.get(role, `history?of=${caseId}`)).body).includes('LevelAssigned')

  await task('detective', ({ level }) => level === 'C')
  await task('healthProgram', ({ level, mode }) => level === undefined && mode === undefined)
  for (const role of ['detective', 'prosecutor'] as const) await task(role, ({ level }) => level === 'C')
  expect([await levelled('prosecutor'), await levelled('evaluator')]).toEqual([true, false])
  expect([(await thread.get('prosecutor', `history?of=${incident.incidentId}`)).status, (await thread.get('evaluator', `history?of=${incident.incidentId}`)).status]).toEqual([200, 404])
  const access = (await events(place)).filter(({ type, data }) => type === 'RecordAccessRestricted' && [`incident-${incident.incidentId}`, `pchCase-${caseId}`].includes((data as { record: string }).record))
  expect(access.map(({ data }) => (data as { ground: string }).ground).sort()).toEqual(['ARREST_NOT_CHARGED', 'BASIS_CLOSED'])

  await thread.done('prosecutor', 'charges/decisions', { incidentId: incident.incidentId, decision: 'FILED', decidingAgency: 'JCPO', at: DateTime.now().setZone('America/Chicago').toISODate() })
  await task('healthProgram', ({ level }) => level === 'C')
  expect(await levelled('evaluator')).toBe(true)
  return { caseId, referralId }
}

interface Published { readonly figures: unknown; readonly figuresDigest: string; readonly logDigest: string; readonly through: number; readonly erasures: number; readonly erasuresSince: number }

/** Scenario 10: person and record are destroyed by order: absent for everybody, the replay goes through, what was published stands, the next figures say of how many they are. */
async function destroyedByOrder(thread: Thread, place: Place, { incidentId }: Incident, { caseId, referralId }: { readonly caseId: string; readonly referralId: string }): Promise<void> {
  const publish = async (): Promise<string> => idIn(await thread.done('evaluator', 'metrics/publications', { metricId: 'program-counts' }))
  const published = async (id: string): Promise<Published> => (await thread.get<Published>('evaluator', `metrics/publications/${id}`)).body
  const id = await publish()
  const frozen = await published(id)
  const { subjectRef } = (await thread.get<{ subjectRef: string }>('prosecutor', `referrals/${referralId}`)).body
  // What answered before is what proves that it is gone.
  const READ = [`history?of=${caseId}`, `history?of=${incidentId}`, `referrals/${referralId}`]
  const asked = (['prosecutor', 'systemAdvocate', 'evaluator', 'healthProgram', 'detective', 'intakeAnalyst'] as const).flatMap((role) => READ.map((path) => ({ role, path })))
  const answering: typeof asked = []
  for (const one of asked) if ((await thread.get(one.role, one.path)).status === 200) answering.push(one)
  expect(READ.filter((path) => !answering.some((one) => one.path === path))).toEqual([])
  for (const subject of [subjectRef, `incident-${incidentId}`]) await thread.done('privacyOfficer', `keys/${subject}/destruction`, { court: 'CIRCUIT', orderRef: 'FICTION-ORDER-20', reason: 'a false arrest' })
  await thread.until('the end of the task', 'detective', `notifications?caseId=${caseId}`, ({ notifications }: { notifications: object[] }) => notifications.length === 0)
  for (const { role, path } of answering) expect([role, path, (await thread.get(role, path)).status]).toEqual([role, path, 404])
  expect((await events(place)).filter(({ stream }) => stream === `pchCase-${caseId}`).at(-1)).toMatchObject({ type: 'CaseClosed', data: { code: 'BASIS_EXPUNGED' } })
  expect(await thread.replay()).toMatchObject({ digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string })
  expect(await published(id)).toEqual({ ...frozen, erasuresSince: 2 })
  expect((await published(await publish())).erasures).toBe(frozen.erasures + 2)
}

/** All five, and then what the log says; published figures count what the clock alone brought, too. */
export async function walkIntake(thread: Thread, place: Place): Promise<string[]> {
  const [arrested, first, second] = await sameFileTwice(thread, place)
  await oneInTwoRecords(thread, place, [first!, second!])
  await mutualArrest(thread, place.url, place.logUrl)
  const walked = await arrestWithoutCharge(thread, place, arrested!)
  await destroyedByOrder(thread, place, arrested!, walked)
  return (await withStore(place.url, shapeOfLog, place.logUrl)).filter((stream) => !stream.startsWith('publishedMetric'))
}
