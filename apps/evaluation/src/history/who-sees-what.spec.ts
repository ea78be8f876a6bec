import { seenData, seesField } from './who-sees-what'

const referral = { source: 'KCPD', subjectAddressKind: 'ORDINARY', victimAddressKind: 'SAFE_AT_HOME' }
const name = (pointer: string) => ({ pointer, privacy: 'identifying' as const })

describe('who sees what of a referral', () => {
  it.each([
    ['prosecutor', true, true], ['systemAdvocate', true, true],
    ['intakeAnalyst', true, false], ['detective', true, false],
    ['privacyOfficer', false, false], ['evaluator', false, false], ['healthProgram', false, false], ['pchProvider', false, false],
  ])('%s: the person who causes harm %s, the victim %s; what an address is goes with it', (role, subject, victim) => {
    expect([seesField(role, 'referral', name('/data/subjectName')), seesField(role, 'referral', name('/data/victimName'))]).toEqual([subject, victim])
    expect(Object.keys(seenData(role, 'referral', referral))).toEqual(['source', ...(subject ? ['subjectAddressKind'] : []), ...(victim ? ['victimAddressKind'] : [])])
  })
})
