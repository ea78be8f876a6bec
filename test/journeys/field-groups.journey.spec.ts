/**
 * Who creates and who reads what of intake's, by the field-group matrix of the domain (5.2), each asked of the running program
 * with a token of each role. Where 3.13 says more it wins: what a screen said of a pair is for those who took it, the
 * prosecutor and the safety context (rule 3); evaluators and the Health Department have its outcomes in figures alone.
 */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { PURPOSES_OF, type Role } from '@chorus/contracts'
import { repositoryRoot } from '@chorus/platform'
import { importFile } from '../support/import-file'
import { AGENCY_OF, startChorus, type TestChorus } from '../support/chorus'

interface Pair { readonly victimToken: string; readonly offenderToken: string }
interface Listed { readonly incidentId: string; readonly arrestMade: boolean; readonly outcome: string; readonly pairs: readonly Pair[] }
interface Answer { readonly status: number; readonly text: string; readonly body: { readonly stream: string; readonly answers?: unknown; readonly outcome?: unknown; readonly entries?: readonly { readonly type: string; readonly data: Record<string, unknown> }[] } }

const HIM = { name: 'Fictional Person Kappa', birthDate: '1985-01-31' }
const HER = { name: 'Fictional Person Lambda', birthDate: '1987-02-03' }

/** C creates · R reads · r reads by codes, without a name or a number of an agency's · O reads the outcome alone · – neither. A survivors' advocate has no token here: her services are a tenant of their own. */
const GROUPS = ['incident', 'LAP answers', 'victim identity', 'PCH identity', 'level', 'CHRI detail', 'stream metadata'] as const
const MATRIX: readonly (readonly [role: Role, agency: string, ...cells: string[]])[] = [
  //                                incident  LAP    victim  PCH   level  CHRI  metadata
  ['intakeAnalyst', 'KCPD',         'CR',     'CO',  'C',    'R',  'CR',  'CR', '–'],
  ['detective', 'KCPD',             'R',      'CO',  'C',    'R',  'R',   '–',  '–'],
  ['prosecutor', 'JCPO',            'R',      'R',   'CR',   'R',  'CR',  'CR', '–'],
  ['systemAdvocate', 'JCPO',        'R',      'R',   'R',    'R',  'R',   '–',  '–'],
  ['systemAdvocate', 'HEALTH',      'R',      'R',   'R',    'R',  'R',   '–',  '–'],
  ['panelMember', 'JCPO',           'r',      '–',   '–',    '–',  'CR',  'R',  '–'],
  // whoever refers somebody names both; the Health Department is shown neither again
  ['healthProgram', 'HEALTH',       '–',      '–',   'C',    '–',  'R',   '–',  '–'],
  ['panelMember', 'HEALTH',         '–',      '–',   '–',    '–',  '–',   '–',  '–'],
  ['intakeAnalyst', 'HEALTH',       '–',      '–',   'C',    '–',  '–',   '–',  '–'],
  ['pchProvider', 'HEALTH',         '–',      '–',   '–',    '–',  '–',   '–',  '–'],
  ['finance', 'FINANCE',            '–',      '–',   '–',    '–',  '–',   '–',  '–'],
  ['evaluator', 'EVALUATOR',        'r',      '–',   '–',    '–',  'R',   '–',  '–'],
  ['privacyOfficer', 'CITY',        'r',      '–',   '–',    '–',  'R',   'R',  'R'],
  ['operator', 'CITY',              '–',      '–',   '–',    '–',  '–',   '–',  'R'],
  // an agency's own integration sends, and reads none of it
  ['agencyFeed', 'MOZZ99900',       'C',      '–',   '–',    '–',  '–',   '–',  '–'],
]

describe('who creates and reads what of intake\'s', () => {
  let chorus: TestChorus
  let incidentId: string
  let pair: Pair
  let referralId: string
  let caseId: string
  const ask = async (method: 'get' | 'post', path: string, role: Role, agency = AGENCY_OF[role], body: object = {}): Promise<Answer> => {
    const asked = chorus.agent[method](`/v1/${path}`).set('Authorization', await chorus.bearer(role, agency)).set('X-Purpose', PURPOSES_OF[role][0])
    return (method === 'post' ? asked.send(body) : asked) as unknown as Promise<Answer>
  }
  const done = async (role: Role, path: string, body: object): Promise<string> => {
    const { status, text, body: { stream } } = await ask('post', path, role, undefined, body)
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`)
    return stream.slice(stream.indexOf('-') + 1)
  }
  const screen = (): object => ({ incidentId, ...pair, instrument: 'LAP', answers: ['YES', ...Array<string>(10).fill('NO')], administeredAt: new Date(Date.now() - 60_000).toISOString() })

  beforeAll(async () => {
    chorus = await startChorus()
    await importFile(chorus, createReadStream(join(repositoryRoot(), 'samples/nibrs/2026-07.txt')))
    let found: Listed | undefined
    for (let tries = 0; !found; tries++) {
      if (tries === 300) throw new Error('no incident was screened')
      await new Promise((resolve) => { setTimeout(resolve, 30) })
      found = ((await ask('get', 'incidents?state=awaiting-relationship&limit=500', 'intakeAnalyst')).body as unknown as { incidents: Listed[] }).incidents.find((one) => one.outcome === 'CANDIDATE' && !one.arrestMade && one.pairs.length === 1)
    }
    ;({ incidentId, pairs: [pair] } = found as Listed & { pairs: [Pair] })
    pair = { victimToken: pair.victimToken, offenderToken: pair.offenderToken }
    referralId = await done('intakeAnalyst', 'referrals', { source: 'KCPD', incidentIds: [incidentId], subject: HIM, victim: HER })
    await done('detective', `incidents/${incidentId}/relationship`, { ...pair, basis: 'DATING', method: 'INTERVIEW' })
    await done('detective', `incidents/${incidentId}/primary-aggressor`, { aggressorToken: pair.offenderToken, dualArrest: false, basis: ['INJURY'] })
    caseId = await done('intakeAnalyst', 'cases', { referralId, indexIncidentId: incidentId, subjectInIncident: pair.offenderToken })
    await done('intakeAnalyst', 'history-reviews', { caseId, counts: { ipvArrests: 0, ipvCharges: 0, ipvConvictions: 0, oopViolations: 0, violentFelonies: 0 }, lookbackYears: 5, sources: ['KCPD_RMS'], statesAsked: ['MO'], queriedAt: new Date(Date.now() - 60_000).toISOString() })
    await done('intakeAnalyst', `cases/${caseId}/level-proposal`, {})
    await done('intakeAnalyst', `cases/${caseId}/level`, { level: 'D' })
  })
  afterAll(async () => { await chorus.close() })

  /** What a role of an agency may, group by group, by the answers that it gets. An empty command that may be sent is refused by its schema (422), not by its sender (403). */
  const cellsOf = async (role: Role, agency: string): Promise<string[]> => {
    const get = (path: string) => ask('get', path, role, agency)
    const creates = async (path: string) => ![401, 403].includes((await ask('post', path, role, agency)).status)
    const entries = async (of: string) => (await get(`history?of=${of}`)).body.entries ?? []
    const [ofIncident, ofCase] = [await entries(incidentId), await entries(caseId)]
    const data = (events: typeof ofCase, type: string) => events.find((one) => one.type === type)?.data
    const report = data(ofIncident, 'IncidentReported') ?? data(ofCase, 'IncidentReported')
    const listed = (await get('incidents')).status === 200
    const referral = data(ofCase, 'ReferralReceived') ?? {}
    const taken = (await ask('post', 'lethality-screens', role, agency, screen())).body.stream
    const shown = (await get(`lethality-screens/${taken ? taken.slice('lethalityScreen-'.length) : other}`)).body
    const inHistory = data(ofIncident, 'LethalityScreenAdministered') ?? data(ofCase, 'LethalityScreenAdministered')
    const metadata = [(await get('consumers')).status, (await get('dead-letters')).status, (await get('timers/deterrence')).status]
    const written = (creating: boolean, reading: string): string => `${creating ? 'C' : ''}${reading}` || '–'
    return [
      written(![401, 403].includes((await chorus.agent.post('/v1/imports/nibrs').set('Authorization', await chorus.bearer(role, agency)).set('Content-Type', 'text/plain').send('')).status), typeof report?.reportNumber === 'string' ? 'R' : report || listed ? 'r' : ''),
      written(taken !== undefined, shown.answers ?? inHistory?.answers ? 'R' : shown.outcome ?? inHistory ? 'O' : ''),
      written(await creates('referrals'), typeof referral.victimName === 'string' ? 'R' : ''),
      typeof referral.subjectName === 'string' ? 'R' : '–',
      written(await creates(`cases/${caseId}/level`), data(ofCase, 'LevelAssigned') ? 'R' : ''),
      written(await creates('history-reviews'), data(ofCase, 'CriminalHistoryReviewed') ? 'R' : ''),
      metadata.some((status) => status === 200) ? 'R' : '–',
    ]
  }
  let other: string
  beforeAll(async () => { other = await done('detective', 'lethality-screens', screen()) })

  it.each([...MATRIX] as [Role, string, ...string[]][])('%s of %s', async (role, agency, ...cells) => {
    expect(Object.fromEntries((await cellsOf(role, agency)).map((cell, at) => [GROUPS[at], cell]))).toEqual(Object.fromEntries(cells.map((cell, at) => [GROUPS[at], cell])))
  })

  it('who took a screen reads its outcome, also a second time, and nobody of other agencies takes one', async () => {
    const { body } = await ask('get', `lethality-screens/${other}`, 'detective')
    expect(body).toMatchObject({ outcome: 'SCREENED_IN_Q1_3' })
    expect(body).not.toHaveProperty('answers')
    for (const [role, agency] of [['detective', 'JCPO'], ['intakeAnalyst', 'JCPO'], ['intakeAnalyst', 'HEALTH'], ['systemAdvocate', 'KCPD'], ['systemAdvocate', 'JCPO'], ['systemAdvocate', 'HEALTH']] as const) expect([role, agency, (await ask('post', 'lethality-screens', role, agency, screen())).status]).toEqual([role, agency, 403])
  })

  it('a role alone opens nothing of a case: what shows one case asks where its reader sits', async () => {
    const came: string[] = []
    for (const role of ['intakeAnalyst', 'detective', 'prosecutor', 'panelMember'] as const) {
      for (const path of [`history?of=${caseId}`, `referrals/${referralId}`, `cases/${caseId}/circumstances`, 'timers/intake/due', `lethality-screens/${other}`]) {
        const { status } = await ask('get', path, role, 'HEALTH')
        if (status !== 403) came.push(`${role} of HEALTH: ${path} ${status}`)
      }
    }
    expect(came).toEqual([])
  })
})
