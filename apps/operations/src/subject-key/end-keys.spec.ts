/** What an order to destroy reaches when it is sent again: on a log, a vault and an audit trail in memory. */
import { IDENTITY_REGISTER, type CommandMeta, type DraftEvent, type RecordedEvent } from '@chorus/contracts'
import type { Recorder } from '@chorus/event-store'
import type { AuditTrail } from '@chorus/platform'
import { MemoryVault, type KeyLife } from '@chorus/privacy'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { MemoryLog, recorded } from '../../../../libs/decider/src/testing/memory-log'
import { EndKeys, subjectOf } from './end-keys'

const [ONE, OTHER, THIRD] = ['a', 'b', 'c'].map((letter) => `per_${letter.repeat(22)}`) as [string, string, string]
const NOBODY = `per_${'n'.repeat(22)}`
const order = { court: 'CIRCUIT' as const, orderRef: 'SAMPLE-1', reason: 'as the court found' }
const meta = (name: string): CommandMeta => metaOf({ name, actor: { id: 'sample-officer', role: 'privacyOfficer', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' } })

class Log extends MemoryLog {
  async *read({ filter: { types } }: { filter: { types: string[] } }): AsyncGenerator<RecordedEvent> { for (const event of this.events) if (types.includes(event.type)) yield event }
  async add(stream: string, type: string, data: object): Promise<void> {
    const draft: DraftEvent = { type, schemaVersion: 1, data, time: NOW, timePrecision: 'instant', timeZone: 'UTC' }
    this.events.push(recorded(draft, { stream, revision: (await this.load(stream)).length, ordinal: this.events.length + 1 }, meta(`${type} ${this.events.length}`)))
  }
}
const world = () => {
  const log = new Log()
  const destroyed = new Set<string>()
  const audit = { fails: false, record: async () => { if (audit.fails) throw new Error('the audit log is away') }, fingerprint: (of: string) => of }
  const life: Pick<KeyLife, 'standingOf' | 'destroy' | 'untold' | 'told'> = { standingOf: async (subject: string) => ({ subjects: [subject], keys: subject === NOBODY ? [] : [{ keyId: `dek_${subject}`, context: 'case' as const, subject, state: 'active' as const }] }), destroy: async (subjects: readonly string[]) => { subjects.forEach((each) => destroyed.add(each)); return [] }, untold: async () => [], told: async () => undefined }
  const keys = new EndKeys({ recorder: log as unknown as Recorder, vault: new MemoryVault(new Uint8Array(32)), life: life as unknown as KeyLife, audit: audit as unknown as AuditTrail })
  return {
    log, audit, keys, life, destroyed: () => [...destroyed].sort(),
    link: (keepRef: string, mergedRef: string) => log.add(IDENTITY_REGISTER, 'PersonIdentitiesLinked', { keepRef, mergedRef, basis: 'FINGERPRINTS', decidedBy: 'human' }),
    hold: (subject: string) => keys.hold(subject, { ground: 'LITIGATION', reason: 'a civil action' }, meta(`hold ${subject}`)),
    release: (subject: string) => keys.decide(subject, { type: 'ReleaseLegalHold', data: { reason: 'settled', subject: subjectOf(subject) }, meta: meta(`release ${subject}`) }),
  }
}
type World = ReturnType<typeof world>
/** Recorded, and not carried out: the audit log was away. */
const cutShort = async (of: World, linked?: string[]): Promise<void> => {
  of.audit.fails = true
  await expect(of.keys.destroy(ONE, { ...order, ...(linked && { linked }) }, meta('order'))).rejects.toThrow('away')
  of.audit.fails = false
}

describe('an order to destroy, sent again', () => {
  it.each(['order', 'another'])('goes on with the tokens that it named: as %s command', async (name) => {
    const of = world()
    await of.link(ONE, OTHER)
    await cutShort(of, [OTHER])
    expect(of.destroyed()).toEqual([])
    expect(await of.keys.destroy(ONE, { ...order, linked: [OTHER] }, meta(name))).toMatchObject({ subjects: [ONE, OTHER] })
    expect(of.destroyed()).toEqual([ONE, OTHER])
  })
  it.each(['order', 'another'])('takes nobody who was linked since: as %s command', async (name) => {
    const of = world()
    await of.link(ONE, OTHER)
    await cutShort(of, [OTHER])
    await of.link(OTHER, THIRD)
    await of.keys.destroy(ONE, order, meta(name))
    expect(of.destroyed()).toEqual([ONE, OTHER])
  })
  it('takes the subject alone where the order as it was stored names nobody else', async () => {
    const of = world()
    await of.link(ONE, OTHER)
    await of.log.add(`subjectKey-${of.keys.idOf(ONE)}`, 'ExpungementOrderRecorded', { personRef: ONE, court: 'CIRCUIT', orderRef: 'SAMPLE-1', mode: 'DESTROY', note: 'as the court found' })
    await of.keys.destroy(ONE, order, meta('again'))
    expect(of.destroyed()).toEqual([ONE])
    expect(await of.keys.destroy(ONE, { ...order, linked: [OTHER] }, meta('with the other'))).toMatchObject({ refused: 'order_names_others' })
    expect(of.destroyed()).toEqual([ONE])
  })
  it('that failed once it was listed, with something that goes along, is carried out before a hold on that is answered: there is nothing left to keep', async () => {
    const of = world()
    // what the vault does at its look
    of.life.standingOf = async (subject) => ({ subjects: [subject], keys: [{ keyId: 'dek_other', context: 'case', subject, state: 'destroyed' }] })
    of.life.untold = async () => [{ keyId: 'dek_other', context: 'case', subject: OTHER, order: 'order', at: NOW }]
    expect(await of.hold(OTHER)).toMatchObject({ refused: 'keys_destroyed' })
    expect(of.log.events.map(({ type }) => type)).toEqual(['SubjectKeyDestroyed'])
  })
  it('takes along a row that was set aside while it was carried out', async () => {
    const of = world()
    const { destroy } = of.life
    of.life.destroy = async (subjects, ...rest) => {
      if (subjects.includes(ONE)) await of.log.add('quarantine-late', 'RecordQuarantined', { personRefs: [ONE] })
      return destroy(subjects, ...rest)
    }
    expect(await of.keys.destroy(ONE, order, meta('order'))).toMatchObject({ subjects: [ONE, 'quarantine-late'] })
    expect(of.destroyed()).toEqual([ONE, 'quarantine-late'])
  })
  it.each(['order', 'another'])('destroys nothing while a hold stands that was placed since, and goes on once it is released: as %s command', async (name) => {
    const of = world()
    await of.link(ONE, OTHER)
    await cutShort(of, [OTHER])
    await of.hold(OTHER)
    expect(await of.keys.destroy(ONE, order, meta(name))).toMatchObject({ refused: 'legal_hold', text: expect.stringContaining('The order is recorded') as string })
    expect(of.destroyed()).toEqual([])
    await of.release(OTHER)
    await of.keys.destroy(ONE, order, meta(name))
    expect(of.destroyed()).toEqual([ONE, OTHER])
  })
  it('sees a hold that was placed on another token in the moment in which the order was recorded', async () => {
    const of = world()
    await of.link(ONE, OTHER)
    of.log.beforeRecord = (stream) => {
      if (stream !== `subjectKey-${of.keys.idOf(ONE)}`) return
      of.log.beforeRecord = () => undefined
      void of.log.add(`subjectKey-${of.keys.idOf(OTHER)}`, 'LegalHoldPlaced', { personRef: OTHER, ground: 'LITIGATION', note: 'a civil action' })
    }
    expect(await of.keys.destroy(ONE, { ...order, linked: [OTHER] }, meta('order'))).toMatchObject({ refused: 'legal_hold' })
    expect(of.destroyed()).toEqual([])
  })
})

describe('an order about nothing that is here', () => {
  it('is refused, whatever it orders: a mistyped token would look carried out', async () => {
    const of = world()
    for (const subject of [NOBODY, 'incident-018f0000-0000-7000-8000-000000000009']) {
      if (subject !== NOBODY) of.life.standingOf = async (of_) => ({ subjects: [of_], keys: [] })
      expect(await of.keys.destroy(subject, order, meta(`destroy ${subject}`))).toMatchObject({ refused: 'nothing_here' })
      expect(await of.keys.close(subject, { ...order, statute: 'RSMO_610_140' }, meta(`close ${subject}`))).toMatchObject({ refused: 'nothing_here' })
      expect(await of.keys.hold(subject, { ground: 'LITIGATION', reason: 'a civil action' }, meta(`hold ${subject}`))).toMatchObject({ refused: 'nothing_here' })
    }
    expect(of.log.events).toEqual([])
  })
})
