import * as fc from 'fast-check'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { subjectKey, type SubjectKeyCommand } from './subject-key'

const meta = (name: string) => metaOf({ name, actor: { id: 'sample-officer', role: 'privacyOfficer', agency: 'CITY' }, source: { agency: 'CITY', system: 'chorus' } })
const subject = { record: 'arrest-018f0000-0000-7000-8000-000000000002' }
const order = { court: 'CIRCUIT' as const, orderRef: 'SAMPLE-1', reason: 'as the court found' }
const destroy = (name = 'destroy', heldElsewhere = false): SubjectKeyCommand => ({ type: 'DestroyKeys', data: { ...order, subject, heldElsewhere, linkedNow: [] }, meta: meta(name) })
const close = (name = 'close'): SubjectKeyCommand => ({ type: 'CloseRecord', data: { ...order, subject, statute: 'RSMO_610_140' }, meta: meta(name) })
const hold = (name = 'hold'): SubjectKeyCommand => ({ type: 'PlaceLegalHold', data: { subject, ground: 'LITIGATION', reason: 'a civil action' }, meta: meta(name) })
const release = (name = 'release'): SubjectKeyCommand => ({ type: 'ReleaseLegalHold', data: { subject, reason: 'settled' }, meta: meta(name) })
const AT = '2026-07-02T20:09:00.000Z'
const tell = (name = 'tell', ...keyIds: string[]): SubjectKeyCommand => ({ type: 'TellDestroyed', data: { subject, keys: (keyIds.length ? keyIds : ['dek_one']).map((keyId) => ({ keyId, context: 'incident', orderedBy: '018f0000-0000-7000-8000-00000000000a', at: AT })) }, meta: meta(name) })
const after = (...commands: SubjectKeyCommand[]) => commands.reduce((so, command) => given(subjectKey, ...so.history, ...(so.when(command).decision as never[])), given(subjectKey))

describe('an order to destroy', () => {
  it('is recorded with its court and number, once', () => {
    after().when(destroy()).then({ type: 'ExpungementOrderRecorded', data: { ...subject, court: 'CIRCUIT', orderRef: 'SAMPLE-1', mode: 'DESTROY', note: 'as the court found' } })
    after(destroy()).when(destroy('again')).nothing()
  })
  it('is refused while a hold stands on it, or on what would go with it; not once the hold is released', () => {
    after(hold()).when(destroy()).refused('legal_hold')
    after().when(destroy('destroy', true)).refused('legal_hold')
    after(hold(), release()).when(destroy()).then({ type: 'ExpungementOrderRecorded' })
  })
  it('names every token that a link makes the same person\'s, and no other', () => {
    const [one, other] = [`per_${'a'.repeat(22)}`, `per_${'b'.repeat(22)}`]
    const linked = (named: string[] | undefined, linkedNow: string[]): SubjectKeyCommand => ({ type: 'DestroyKeys', data: { ...order, subject, heldElsewhere: false, linkedNow, ...(named && { linked: named }) }, meta: meta('linked') })
    for (const [named, now] of [[undefined, [one]], [[one], [one, other]], [[one], []]] as const) after().when(linked(named && [...named], [...now])).refused('linked_tokens')
    after().when(linked([other, one], [one, other])).then({ type: 'ExpungementOrderRecorded', data: { linked: [{ personRef: other }, { personRef: one }] } })
  })
  it('sent again, goes on with what it named, and never takes more', () => {
    const [one, other] = [`per_${'a'.repeat(22)}`, `per_${'b'.repeat(22)}`]
    const linked = (name: string, named: string[] | undefined, linkedNow: string[], heldElsewhere = false): SubjectKeyCommand => ({ type: 'DestroyKeys', data: { ...order, subject, heldElsewhere, linkedNow, ...(named && { linked: named }) }, meta: meta(name) })
    const ordered = after(linked('first', [one], [one]))
    expect([after(destroy()).state.orderedWith, ordered.state.orderedWith]).toEqual([[], [one]])
    for (const again of [undefined, [one]]) ordered.when(linked('again', again, [one, other], true)).nothing()
    for (const again of [[one, other], [other], []]) ordered.when(linked('again', again, [one, other])).refused('order_names_others')
    after(destroy()).when(linked('again', [one], [one])).refused('order_names_others')
  })
  it('destroys what was closed before', () => { after(close()).when(destroy()).then({ type: 'ExpungementOrderRecorded', data: { mode: 'DESTROY' } }) })
  it('leaves nothing to hold or to close', () => {
    after(destroy()).when(hold()).refused('keys_destroyed')
    after(destroy()).when(close()).refused('keys_destroyed')
  })
})

describe('an order to close', () => {
  it('keeps the record for justice, and is another verb than destroying', () => {
    after().when(close()).then({ type: 'ExpungementOrderRecorded', data: { mode: 'CLOSE' } })
    expect(after(close()).state).toMatchObject({ closed: true, ordered: false })
    after(close()).when(close('again')).nothing()
  })
  it('may be recorded under a hold: nothing is lost by it', () => { after(hold()).when(close()).then({ type: 'ExpungementOrderRecorded' }) })
})

describe('a legal hold', () => {
  it('is placed once, released once, and may be placed again', () => {
    after(hold()).when(hold('again')).nothing()
    after().when(release()).refused('not_held')
    after(hold(), release()).when(hold('again')).then({ type: 'LegalHoldPlaced' })
  })
})

describe('a destroyed key', () => {
  it('is told with the moment at which it ended, each once', () => {
    after(destroy()).when(tell()).then({ type: 'SubjectKeyDestroyed', time: AT, data: { ...subject, keyId: 'dek_one', context: 'incident', reason: 'EXPUNGEMENT', authority: 'COURT_ORDER' } })
    after(destroy(), tell()).when(tell('more', 'dek_one', 'dek_two')).then({ type: 'SubjectKeyDestroyed', data: { keyId: 'dek_two' } })
  })
  it('is told also where the order is not known any more, or a hold stands', () => {
    after().when(tell()).then({ type: 'SubjectKeyDestroyed' })
    after(hold()).when(tell()).then({ type: 'SubjectKeyDestroyed' })
  })
})

aggregateProperties(subjectKey, fc.oneof(fc.boolean().map((held) => destroy(`destroy ${held}`, held)), fc.constantFrom('one', 'two').map(close), fc.constantFrom('one', 'two').map(hold), fc.constantFrom('one', 'two').map(release), fc.constantFrom('dek_one', 'dek_two').map((key) => tell(key, key))))
