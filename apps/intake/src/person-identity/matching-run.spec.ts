/** A run of the matcher over a log in memory: what it reads, and what it leaves alone. */
import type { Sql } from 'postgres'
import type { DraftEvent, RecordedEvent } from '@chorus/contracts'
import { derivedId, isRefusal } from '@chorus/decider'
import type { EventStore, Recorder } from '@chorus/event-store'
import type { AuditTrail, Followers } from '@chorus/platform'
import { MemoryVault } from '@chorus/privacy'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { MemoryLog } from '../../../../libs/decider/src/testing/memory-log'
import { LinkedPersonsConsumer } from '../on-identities-linked/linked-persons.consumer'
import { CaseLookUp } from '../pch-case/look-up'
import { activateShippedPolicies } from '../policy/policy-in-force'
import { IdentityLookUp } from './identity-look-up'
import { MatchPersonsCommand, MatchPersonsHandler } from './person-identity.commands'

const REGISTER = 'personIdentity-register'
const draft = (type: string, schemaVersion: number, data: object): DraftEvent => ({ type, schemaVersion, data, time: NOW, timePrecision: 'instant', timeZone: 'UTC' })
const ref = (n: number): string => `per_${String(n).padStart(22, '0')}`

/** Counts what is read of it. */
class Log extends MemoryLog {
  counted = { register: 0, decidedParts: 0, lookedForCases: 0, sides: 0 }
  /** after so many appends to the register the log is away */
  appendsLeft = Infinity
  override async load(stream: string, from = 0): Promise<RecordedEvent[]> {
    const events = (await super.load(stream)).filter(({ revision }) => revision >= from)
    if (stream === REGISTER) this.counted.register += events.length
    if (stream.startsWith('pchCase-')) this.counted.lookedForCases++
    return events
  }
  override async loadMany(streams: string[]): Promise<Map<string, RecordedEvent[]>> {
    this.counted.lookedForCases++
    return new Map(streams.map((stream) => [stream, this.events.filter((event) => event.stream === stream)]))
  }
  override async record(...item: Parameters<MemoryLog['record']>): ReturnType<MemoryLog['record']> {
    if (item[0] === REGISTER) {
      this.counted.decidedParts++
      if (this.appendsLeft-- <= 0) throw new Error('the log is away')
    }
    const { register } = this.counted
    const outcome = await super.record(...item)
    // What the log itself looks up is not what it was asked for.
    this.counted.register = register
    return outcome
  }
  unseal(events: readonly RecordedEvent[]): Promise<readonly RecordedEvent[]> { return Promise.resolve(events) }
  async *read({ filter: { categories, types } }: { filter: { categories: string[]; types: string[] } }): AsyncGenerator<RecordedEvent> {
    if (types.includes('ReferralReceived')) this.counted.sides++
    for (const event of this.events) if (categories.includes(event.stream.split('-')[0]!) && types.includes(event.type)) yield event
  }
}

/** So many people on record, each of them twice, under tokens and partners of their own. */
const onRecord = async (people: number): Promise<Log> => {
  const log = new Log()
  await activateShippedPolicies(log, NOW)
  const word = (n: number): string => [...String(n * 7919 + 1000)].map((digit) => 'BDFGKLMNPR'.charAt(Number(digit))).join('A')
  for (let n = 0; n < 2 * people; n++) {
    const who = n % people
    const referralId = derivedId('referral', String(n))
    await log.record(`referral-${referralId}`, -1, [draft('ReferralReceived', 2, {
      referralId, source: 'SELF', incidentIds: [], subjectRef: ref(2 * n), victimRef: ref(2 * n + 1),
      subjectName: `${word(who)} ${word(who + 500)}`, subjectBirthDate: `19${60 + who % 40}-0${1 + who % 9}-${10 + who % 18}`, victimName: `${word(n + 2000)} ${word(n + 5000)}`,
    })], metaOf({ name: `referral ${n}` }))
  }
  return log
}
const handlerOf = (log: Log): MatchPersonsHandler => {
  const [recorder, vault] = [log as unknown as Recorder, new MemoryVault(new Uint8Array(32))]
  const cases = new CaseLookUp(recorder, vault)
  const lookUp = new IdentityLookUp(recorder, vault, cases)
  const after = new LinkedPersonsConsumer(null as unknown as EventStore, null as unknown as Sql, recorder, { now: () => NOW }, cases, lookUp, { add: () => undefined } as unknown as Followers)
  return new MatchPersonsHandler(recorder, { record: () => Promise.resolve() } as unknown as AuditTrail, lookUp, after)
}
const run = (handler: MatchPersonsHandler, name: string): ReturnType<MatchPersonsHandler['execute']> => handler.execute(new MatchPersonsCommand({ purpose: 'dataQuality' }, metaOf({ name })))
const found = ({ events }: Log): RecordedEvent[] => events.filter(({ type }) => type === 'PersonIdentitiesLinked' || type === 'PersonMatchProposed')
const registered = ({ events }: Log): number => events.filter(({ stream }) => stream === REGISTER).length

it('reads each entry of the register once, looks for the cases of a part together, and for who stands opposite whom once before and once after', async () => {
  const log = await onRecord(105)
  await run(handlerOf(log), 'run')
  expect(found(log).length).toBeGreaterThan(100)
  // Once to decide, once for what follows; the entry that ends it nobody has read yet.
  expect(log.counted.register).toBeLessThanOrEqual(2 * registered(log))
  expect(log.counted.lookedForCases).toBeLessThan(20)
  expect(log.counted.sides).toBeLessThanOrEqual(2)
})

it('again with nothing new it decides nothing that is decided: it says that it ended, and nothing else', async () => {
  const log = await onRecord(105)
  const handler = handlerOf(log)
  await run(handler, 'first')
  const before = found(log).length
  log.counted = { register: 0, decidedParts: 0, lookedForCases: 0, sides: 0 }
  await run(handler, 'again')
  expect(found(log)).toHaveLength(before)
  expect(log.counted).toEqual({ register: 1, decidedParts: 1, lookedForCases: 0, sides: 1 })
})

it('one that broke off and is sent again records what is left, each finding once', async () => {
  const whole = await onRecord(105)
  await run(handlerOf(whole), 'run')
  const log = await onRecord(105)
  log.appendsLeft = 1
  await expect(run(handlerOf(log), 'run')).rejects.toThrow('the log is away')
  const part = found(log).length
  log.appendsLeft = Infinity
  const answer = await run(handlerOf(log), 'run')
  expect(isRefusal(answer)).toBe(false)
  expect(part).toBe(100)
  const names = (of: Log): string[] => found(of).map(({ type, data }) => `${type} ${JSON.stringify(Object.values(data).filter((value) => typeof value === 'string' && value.startsWith('per_')).sort())}`).sort()
  expect(names(log)).toEqual(names(whole))
})
