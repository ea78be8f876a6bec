import * as fc from 'fast-check'
import { RESTRICTION_GROUNDS, ROLES, type RestrictionGround } from '@chorus/contracts'
import { given, metaOf } from '../../decider/src/testing/given'
import { aggregateProperties } from '../../decider/src/testing/properties'
import { mayStillSee } from './closed'
import { accessIdOf, recordAccess, STILL_ALLOWED, type RecordAccessCommand } from './record-access'

const record = 'incident-018f0000-0000-7000-8000-000000000001'
const restrict = (ground: RestrictionGround = 'ARREST_NOT_CHARGED'): RecordAccessCommand => ({ type: 'RestrictAccess', meta: metaOf({ name: `restrict ${ground}` }), data: { record, ground, statute: 'RSMO_610_100', effectiveAt: '2026-08-02' } })
const restore = (...grounds: RestrictionGround[]): RecordAccessCommand => ({ type: 'RestoreAccess', meta: metaOf({ name: `restore ${grounds.join()}` }), data: { record, grounds, authority: 'CHARGES_FILED' } })
const after = (...commands: RecordAccessCommand[]) => commands.reduce((so, command) => given(recordAccess, ...so.history, ...(so.when(command).decision as never[])), given(recordAccess))

it('a record is closed once for each ground, to all but the roles named', () => {
  after().when(restrict()).then({ type: 'RecordAccessRestricted', data: { record, ground: 'ARREST_NOT_CHARGED', rolesStillAllowed: [...STILL_ALLOWED] } })
  after(restrict()).when(restrict()).nothing()
  after(restrict()).when(restrict('COURT_ORDER')).then({ type: 'RecordAccessRestricted', data: { ground: 'COURT_ORDER' } })
})
it('the end of one ground leaves the others', () => {
  const analyst = { role: 'evaluator', agency: 'EVALUATOR' }
  after(restrict(), restrict('COURT_ORDER')).when(restore('ARREST_NOT_CHARGED', 'NOLLE')).then({ type: 'RecordAccessRestored', data: { grounds: ['ARREST_NOT_CHARGED'] } })
  expect(mayStillSee(after(restrict(), restrict('COURT_ORDER'), restore('ARREST_NOT_CHARGED')).state, analyst)).toBe(false)
  expect(mayStillSee(after(restrict(), restore('ARREST_NOT_CHARGED')).state, analyst)).toBe(true)
  after().when(restore('NOLLE')).nothing()
})
it('justice keeps it, by role and agency; nobody else does', () => {
  const { state } = after(restrict())
  const sees = (agency: string) => ROLES.filter((role) => mayStillSee(state, { role, agency }))
  expect(sees('KCPD')).toEqual(['intakeAnalyst', 'detective', 'prosecutor', 'systemAdvocate', 'panelMember', 'privacyOfficer'])
  expect([sees('JCPO'), sees('MUNI_COURT'), sees('PROBATION'), sees('MO0480000')]).toEqual(Array(4).fill(sees('KCPD')))
  for (const agency of ['HEALTH', 'FINANCE', 'EVALUATOR', 'CITY', 'somebody']) expect(sees(agency)).toEqual(['privacyOfficer'])
})
it('what is destroyed is open to nobody, and nothing opens it', () => {
  const { state } = after(restrict('DESTROYED'))
  expect(ROLES.filter((role) => mayStillSee(state, { role, agency: 'KCPD' }))).toEqual([])
  after(restrict('DESTROYED')).when(restore(...RESTRICTION_GROUNDS)).nothing()
})
it('the stream that says so is fixed by the record', () => { expect([accessIdOf(record), accessIdOf(record)]).toEqual([accessIdOf(record), expect.not.stringContaining('000000000001')]) })

aggregateProperties(recordAccess, fc.oneof(fc.constantFrom(...RESTRICTION_GROUNDS).map(restrict), fc.subarray([...RESTRICTION_GROUNDS], { minLength: 1 }).map((grounds) => restore(...grounds))))
