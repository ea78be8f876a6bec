import { AGENCIES, CATEGORIES, type RecordedEvent } from '@chorus/contracts'
import { HISTORY_READERS, seenData, seesCategory, seesEvent, seesField, seesRule } from './who-sees-what'

const ID = '018f0000-0000-7000-8000-000000000001'
const OTHER = '018f0000-0000-7000-8000-000000000002'
const event = (type: string, schemaVersion: number, stream: string, data: object): RecordedEvent => ({
  id: ID, type, schemaVersion, time: '2026-07-02', timePrecision: 'day', timeZone: 'America/Chicago', source: { agency: AGENCIES[0], system: 'chorus' },
  receivedtime: '2026-08-01T09:00:00.000Z', partitionkey: stream, commandId: ID, correlationId: ID, causationId: null, actor: { id: 'somebody', role: 'intakeAnalyst', agency: AGENCIES[0] },
  subjects: [], classification: 'CJI', content: 'h', data, log: 'l', stream, revision: 0, ordinal: 1, recordedtime: '2026-08-01T09:00:00.000000Z',
})
const none = new Set<string>()

describe('who sees what of a referral', () => {
  const referral = event('ReferralReceived', 2, `referral-${ID}`, { source: 'KCPD', subjectAddressKind: 'ORDINARY', victimAddressKind: 'SAFE_AT_HOME' })
  it.each([
    ['prosecutor', true, true], ['systemAdvocate', true, true],
    ['intakeAnalyst', true, false], ['detective', true, false],
    ['privacyOfficer', false, false], ['evaluator', false, false], ['healthProgram', false, false], ['pchProvider', false, false],
  ])('%s: the person who causes harm %s, the victim %s; what an address is goes with it', (role, subject, victim) => {
    const sees = (name: string) => seesField(role, 'referral', { type: 'ReferralReceived', pointer: `/data/${name}` })
    expect([sees('subjectName'), sees('victimName')]).toEqual([subject, victim])
    expect(Object.keys(seenData(role, referral, none))).toEqual(['source', ...(subject ? ['subjectAddressKind'] : []), ...(victim ? ['victimAddressKind'] : [])])
  })
  it('goes by what the field declares, never by its name: a field that the contract does not have is nobody\'s', () => {
    for (const role of HISTORY_READERS) {
      expect(seesField(role, 'referral', { type: 'ReferralReceived', pointer: '/data/subjectNickname' })).toBe(false)
      expect(seesField(role, 'referral', { type: 'NobodyWroteThis', pointer: '/data/subjectName' })).toBe(false)
    }
  })
  it('shows an agency\'s own number, deep in a report too, to those who see names', () => {
    const number = { type: 'IncidentReported', pointer: '/data/arrestees/0/transactionNumber' }
    expect(['detective', 'prosecutor', 'evaluator', 'panelMember'].map(role => seesField(role, 'incident', number))).toEqual([true, true, false, false])
    expect(['detective', 'evaluator'].map(role => seesField(role, 'incident', { type: 'IncidentReported', pointer: '/sourceRecord/id' }))).toEqual([true, false])
  })
})

describe('who sees what of a case', () => {
  const opened = event('CaseOpened', 1, `pchCase-${ID}`, { caseId: ID, referralId: ID, indexIncidentId: OTHER, count: 2, adultBasis: 'BIRTH_DATE' })
  it.each([
    ['prosecutor', ['caseId', 'referralId', 'indexIncidentId', 'count', 'adultBasis']],
    ['systemAdvocate', ['caseId', 'referralId', 'indexIncidentId', 'count', 'adultBasis']],
    ['panelMember', ['caseId', 'indexIncidentId', 'adultBasis']],
    ['evaluator', ['caseId', 'indexIncidentId', 'adultBasis']],
    ['healthProgram', ['caseId', 'adultBasis']],
  ])('%s: ids of streams that are there for the role alone; that there was an earlier case with the names alone', (role, fields) => {
    expect(Object.keys(seenData(role, opened, none))).toEqual(fields)
  })
  it.each([
    ['prosecutor', [`historyReview-${ID}`, `incident-${OTHER}`]],
    ['detective', [`incident-${OTHER}`]],
    ['healthProgram', []],
  ])('%s: the records that a level rests on, as far as the role may see them', (role, evidenceRefs) => {
    expect(seenData(role, event('LevelAssigned', 1, `pchCase-${ID}`, { level: 'B', evidenceRefs: [`historyReview-${ID}`, `incident-${OTHER}`], panelMembers: [{ agency: 'JCPO', memberId: 'a' }] }), none))
      .toEqual({ level: 'B', evidenceRefs, panelMembers: [{ agency: 'JCPO', memberId: 'a' }] })
  })
  it('names the event that moved a level only where that event is there', () => {
    const changed = event('LevelChanged', 2, `pchCase-${ID}`, { to: 'B', triggerEventId: OTHER })
    expect(seenData('healthProgram', changed, none)).toEqual({ to: 'B' })
    expect(seenData('healthProgram', changed, new Set([OTHER]))).toEqual({ to: 'B', triggerEventId: OTHER })
  })
})

describe('who sees which streams', () => {
  it('shows nothing of a category that is not declared, nor of one that is declared hidden', () => {
    for (const role of HISTORY_READERS) for (const name of ['nobodyDeclaredThis', ...CATEGORIES.filter(({ hiddenBecause }) => hiddenBecause).map(category => category.name)]) expect(seesCategory(role, name)).toBe(false)
  })
  it('says of an event that this build does not know only that it happened', () => {
    expect(seenData('prosecutor', event('NobodyWroteThis', 1, `pchCase-${ID}`, { clear: 'text' }), none)).toEqual({})
    expect(seenData('prosecutor', event('CaseOpened', 9, `pchCase-${ID}`, { clear: 'text' }), none)).toEqual({})
  })
  it('keeps the safety context to itself', () => { expect(HISTORY_READERS.filter(role => seesCategory(role, 'safetyReview'))).toEqual(['systemAdvocate']) })
  it('tells of a hold, and of the rule that a hold broke, to the safety context and the evaluator alone', () => {
    const held = event('NotificationHeld', 1, `notification-${ID}`, {})
    const [broken, other] = ['M2', 'M1'].map(rule => event('ProtocolBreachDetected', 1, `notification-${ID}`, { rule }))
    expect(HISTORY_READERS.filter(role => seesEvent(role, held)).sort()).toEqual(['evaluator', 'systemAdvocate'])
    expect(HISTORY_READERS.filter(role => seesEvent(role, broken!)).sort()).toEqual(['evaluator', 'systemAdvocate'])
    expect(seesEvent('detective', other!)).toBe(true)
    expect(['detective', 'evaluator'].map(role => ['M1', 'M2'].filter(rule => seesRule(role, rule)))).toEqual([['M1'], ['M1', 'M2']])
  })
})
