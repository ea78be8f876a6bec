import { recorded } from '../../decider/src/testing/memory-log'
import { metaOf, NOW } from '../../decider/src/testing/given'
import type { RecordedEvent } from '@chorus/contracts'
import { Wall, wallsIdOf, wallsIn } from './wall'

const [HE, HE_AGAIN, SHE] = ['a', 'b', 'c'].map((letter) => `per_${letter.repeat(22)}`) as [string, string, string]
const id = (n: number): string => `018f0000-0000-7000-8000-00000000000${n}`
const LETTERS = '018f0000-0000-7000-8000-0000000abcde'
const event = (stream: string, type: string, data: object): RecordedEvent => recorded({ type, schemaVersion: 1, data, time: NOW, timePrecision: 'instant', timeZone: 'UTC' }, { stream, revision: 0 }, metaOf({ name: `${stream} ${type}` }))
const wallOf = (from: Parameters<typeof wallsIn>[0], account: string, readable: (category: string) => boolean) => wallsIn(from, readable)(account)
const log = (...events: RecordedEvent[]) => ({
  load: async (stream: string) => events.filter((one) => one.stream === stream),
  async *read({ after, filter: { categories } }: { after: number; filter: { categories: readonly string[] } }) { for (const [at, one] of events.entries()) if (at + 1 > after && categories.includes(one.stream.split('-')[0]!)) yield { ...one, ordinal: at + 1 } },
})
const recordedWall = event(`conflictOfInterest-${wallsIdOf('kin')}`, 'ConflictOfInterestRecorded', { account: 'kin', personRef: HE, relation: 'SELF' })
const referral = event(`referral-${id(1)}`, 'ReferralReceived', { referralId: id(1), subjectRef: HE, victimRef: SHE, incidentIds: [id(2)] })
const opened = event(`pchCase-${id(3)}`, 'CaseOpened', { caseId: id(3), referralId: id(1), subjectRef: HE, indexIncidentId: id(2) })
const planned = event(`notification-${id(4)}`, 'NotificationPlanned', { notificationId: id(4), caseId: id(3), subjectRef: HE })
const link = event('personIdentity-register', 'PersonIdentitiesLinked', { keepRef: HE_AGAIN, mergedRef: HE, basis: 'FINGERPRINTS', decidedBy: 'human' })
const all = () => true

it('whoever has no wall, or none any more, meets none', async () => {
  expect(await wallOf(log(referral), 'kin', all)).toBeNull()
  expect(await wallOf(log(recordedWall, event(recordedWall.stream, 'ConflictOfInterestEnded', { account: 'kin', personRef: HE, reason: 'NO_LONGER_SO' }), referral), 'kin', all)).toBeNull()
  expect(await wallOf(log(recordedWall, referral), 'somebody', all)).toBeNull()
})
it('behind it stand the person, what names him, and what is of his case; not the partner by herself', async () => {
  const wall = await wallOf(log(recordedWall, referral, opened, planned), 'kin', all)
  for (const one of [HE, id(1), id(2), id(3), id(4)]) expect(wall!.hides({ of: [one] })).toBe(true)
  expect([SHE, HE_AGAIN, id(9)].map((one) => wall!.hides(one))).toEqual([false, false, false])
})
it('asked again it knows what came since, reads it alone where nothing leads on, and forgets a wall that is down', async () => {
  const events = [recordedWall, referral]
  const reads: number[] = []
  const growing = { load: async (stream: string) => events.filter((one) => one.stream === stream), read: (options: { after: number; filter: { categories: readonly string[] } }) => { reads.push(options.after); return log(...events).read(options) } }
  const walls = wallsIn(growing, all)
  expect((await walls('kin'))!.hides(id(4))).toBe(false)
  events.push(opened, planned)
  expect((await walls('kin'))!.hides(id(4))).toBe(true)
  events.push(link)
  expect((await walls('kin'))!.hides(HE_AGAIN)).toBe(true)
  // the referral led on to an incident: what was there before it is looked at again
  expect(reads).toEqual([0, 0, 2, 0, 0])
  events.push(event(recordedWall.stream, 'ConflictOfInterestEnded', { account: 'kin', personRef: HE, reason: 'NO_LONGER_SO' }))
  expect(await walls('kin')).toBeNull()
})
it('of the register who is one with whom it reads each entry once, also where a link was taken back', async () => {
  const register = (revision: number, type: string, data: object): RecordedEvent => ({ ...event('personIdentity-register', type, data), revision })
  const events = [recordedWall, register(0, 'PersonMatchProposed', {}), register(1, 'PersonIdentitiesLinked', { keepRef: HE_AGAIN, mergedRef: HE })]
  let read = 0
  const load = async (stream: string, from = 0): Promise<RecordedEvent[]> => {
    const found = events.filter((one) => one.stream === stream && one.revision >= from)
    if (stream === 'personIdentity-register') read += found.length
    return found
  }
  const walls = wallsIn({ load, read: (options) => log(...events).read(options) }, all)
  const hidden = async (): Promise<boolean[]> => { const wall = await walls('kin'); return [HE, HE_AGAIN].map((one) => wall!.hides(one)) }
  expect([await hidden(), await hidden(), read]).toEqual([[true, true], [true, true], 2])
  events.push(register(2, 'PersonIdentitiesUnlinked', { oneRef: HE, otherRef: HE_AGAIN }))
  expect([await hidden(), read]).toEqual([[true, false], 3])
})
it('what named the incident before anybody referred it stands behind it too, whatever was asked before', async () => {
  const screen = event(`lethalityScreen-${id(6)}`, 'LethalityScreenAdministered', { screenId: id(6), incidentId: id(2) })
  const other = event(`lethalityScreen-${id(7)}`, 'LethalityScreenAdministered', { screenId: id(7), incidentId: id(8) })
  const wall = await wallOf(log(screen, other, recordedWall, referral), 'kin', all)
  expect([id(6), id(7)].map((one) => wall!.hides(one))).toEqual([true, false])
  const events = [screen, other, recordedWall]
  const walls = wallsIn({ load: (stream) => log(...events).load(stream), read: (options) => log(...events).read(options) }, all)
  expect((await walls('kin'))!.hides(id(6))).toBe(false)
  events.push(referral)
  expect((await Promise.all([walls('kin'), walls('kin')])).map((one) => one!.hides(id(6)))).toEqual([true, true])
})
it('a number typed in capitals is the same number; a token in other letters is another', () => {
  const wall = new Wall(new Set([HE, LETTERS]))
  expect(wall.named({ of: [LETTERS.toUpperCase(), `pchCase-${LETTERS}`, HE, HE.toUpperCase()] })).toEqual([LETTERS, HE])
  const asked: [string, string][] = []
  const standIn = wall.elsewhere(LETTERS.toUpperCase(), (...both) => asked.push(both))
  expect(asked).toEqual([[standIn.toLowerCase(), LETTERS], [standIn, LETTERS.toUpperCase()]])
  expect(wall.hides(standIn)).toBe(false)
})
it('it follows the links of today, and stands for what a service may read', async () => {
  const his = event(`referral-${id(5)}`, 'ReferralReceived', { referralId: id(5), subjectRef: HE_AGAIN, victimRef: SHE, incidentIds: [] })
  expect((await wallOf(log(recordedWall, link, his), 'kin', all))!.hides(id(5))).toBe(true)
  expect((await wallOf(log(recordedWall, opened, planned), 'kin', (category) => ['conflictOfInterest', 'pchCase', 'notification'].includes(category)))!.hides(id(4))).toBe(true)
})
it('a service that may not know the persons hides by the cases, whoever of the two a wall names, and leads on from there', async () => {
  const hers = event(`conflictOfInterest-${wallsIdOf('her kin')}`, 'ConflictOfInterestRecorded', { account: 'her kin', personRef: SHE, relation: 'RELATED' })
  const told = event(`walledCases-${wallsIdOf('her kin')}`, 'WalledCasesChanged', { account: 'her kin', caseIds: [id(3)] })
  const everything = await wallOf(log(hers, referral, opened, planned), 'her kin', all)
  expect([[...everything!.cases], everything!.hides(id(4)), everything!.hides(HE)]).toEqual([[id(3)], true, false])
  const service = (category: string): boolean => ['walledCases', 'pchCase', 'notification'].includes(category)
  expect(await wallOf(log(hers, referral, opened, planned), 'her kin', service)).toBeNull()
  const wall = await wallOf(log(hers, referral, opened, planned, told), 'her kin', service)
  expect([id(1), id(2), id(3), id(4)].map((one) => wall!.hides(one))).toEqual([true, true, true, true])
  const down = event(told.stream, 'WalledCasesChanged', { account: 'her kin', caseIds: [] })
  expect(await wallOf(log(hers, referral, opened, planned, told, down), 'her kin', service)).toBeNull()
  expect(await wallOf(log(hers, referral, told), 'her kin', (category) => category === 'account')).toBeNull()
})
it('leaves out of an answer what is behind it, counts what is left, and gives nothing of what is about it alone', () => {
  const wall = new Wall(new Set([HE, id(1)]))
  expect(wall.without({ total: 3, cases: [{ caseId: id(1) }, { caseId: id(2) }, { of: { him: HE } }] })).toEqual({ total: 1, cases: [{ caseId: id(2) }] })
  expect(wall.without({ caseId: id(1), level: 'C' })).toBeUndefined()
  expect(wall.without({ caseId: id(2), level: 'C' })).toEqual({ caseId: id(2), level: 'C' })
})
it('sends what is asked for elsewhere, always to the same place, and says which for which', () => {
  const wall = new Wall(new Set([HE, id(1)]))
  const asked: string[] = []
  const elsewhere = (text: string) => wall.elsewhere(text, (standIn, name) => asked.push(standIn, name))
  expect(elsewhere(`referral-${id(2)}`)).toBe(`referral-${id(2)}`)
  expect(elsewhere(`referral-${id(1)}`)).toMatch(/^referral-[0-9a-f-]{36}$/)
  expect(elsewhere(HE)).toMatch(/^per_[\w-]{22}$/)
  expect([elsewhere(HE), asked[1], asked[3]]).toEqual([elsewhere(HE), id(1), HE])
  expect(elsewhere(HE)).not.toBe(HE)
})
