import { dayOf } from '@chorus/decider'
import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import type { PolicyActivatedV1 } from '@chorus/contracts'
import { given, metaOf } from '../../../../libs/decider/src/testing/given'
import { aggregateProperties } from '../../../../libs/decider/src/testing/properties'
import { earlier, first, later, minutesLater } from './clock'
import { notificationPolicy, type ActivatePolicy } from './notification-policy'
import { readPolicy, shippedPolicy } from './policy-file'

const shipped = shippedPolicy()

describe('the shipped policy', () => {
  it('is a draft, with the timers of the register, and its hash is that of its bytes', () => {
    expect(shipped.rules).toMatchObject({ policyId: 'kc-ipvi-notifications', version: '1.0.0', status: 'DRAFT' })
    expect(shipped.hash).toBe(createHash('sha256').update(shipped.text).digest('hex'))
    const timers = Object.entries(shipped.rules.levels).flatMap(([level, { modes }]) => Object.entries(modes).map(([mode, { sla, within }]) => [level, mode, sla, within].join(' ')))
    expect(timers).toEqual(['D LETTER T-D PT48H', 'C CUSTODY T-C1 PT24H', 'C CUSTOM T-C2 PT48H', 'B CALL_IN T-B P90D', 'B CUSTOM T-B P14D', 'A PRIORITY_ENFORCEMENT T-A P1BD'])
  })
  it.each([
    ['a default that is none of its modes', shipped.text.replace('default: LETTER', 'default: CUSTOM'), /levels\/D\/default/],
    ['a text that is not there', shipped.text.replace('template: d-letter', 'template: d-note'), /levels\/D\/modes\/LETTER\/template/],
    ['an authorisation of more than an hour', shipped.text.replace('authorizationMinutes: 60', 'authorizationMinutes: 61'), /authorizationMinutes/],
    ['a duration that is none', shipped.text.replace('PT48H', 'two days'), /levels\/D/],
    ['no YAML', 'levels: [', /not readable YAML/],
  ])('with %s is refused, with its place', (_, text, message) => { expect(() => readPolicy(text)).toThrow(message) })
})

describe('due dates', () => {
  it.each([
    ['2026-07-06T14:00:00.000Z', 'PT48H', '2026-07-08T14:00:00.000Z'], ['2026-07-06T14:00:00.000Z', 'P14D', '2026-07-20T14:00:00.000Z'],
    // a Friday, a Saturday and a Sunday evening in Kansas City
    ['2026-07-03T14:00:00.000Z', 'P1BD', '2026-07-06T14:00:00.000Z'], ['2026-07-04T14:00:00.000Z', 'P1BD', '2026-07-06T14:00:00.000Z'], ['2026-07-06T03:00:00.000Z', 'P1BD', '2026-07-07T03:00:00.000Z'],
    ['2026-07-06T14:00:00.000Z', 'P2BD', '2026-07-08T14:00:00.000Z'],
  ])('%s and %s is %s', (from, duration, due) => { expect(later(from, duration)).toBe(due) })
  it('go the other way, and by the minute', () => {
    expect(earlier('2026-07-20T14:00:00.000Z', 'P5D')).toBe('2026-07-15T14:00:00.000Z')
    expect(minutesLater('2026-07-06T14:00:00.000Z', 60)).toBe('2026-07-06T15:00:00.000Z')
    expect(first('2026-07-06T14:00:00Z', '2026-07-06T13:59:59.000Z')).toBe('2026-07-06T13:59:59.000Z')
    expect(dayOf('2026-07-06T03:00:00.000Z')).toBe('2026-07-05')
    expect(() => later('2026-07-06T14:00:00.000Z', '48 h')).toThrow('none: 48 h')
  })
})

const activate = (more: Partial<PolicyActivatedV1> = {}): ActivatePolicy => ({
  type: 'ActivatePolicy', meta: metaOf({ name: JSON.stringify(more) }),
  data: { policyId: 'kc-ipvi-notifications', version: '1.0.0', status: 'DRAFT', hash: shipped.hash, text: shipped.text, approvers: [], ...more },
})
const active = given(notificationPolicy).when(activate()).then({ type: 'PolicyActivated' })[0]!

describe('a policy is activated', () => {
  it('with its bytes, and once', () => {
    given(notificationPolicy).when(activate()).then({ type: 'PolicyActivated', policyVersion: 'kc-ipvi-notifications@1.0.0', data: { text: shipped.text, hash: shipped.hash } })
    given(notificationPolicy, active).when(activate()).nothing()
  })
  it('one version means one text, for ever', () => { given(notificationPolicy, active).when(activate({ hash: 'b'.repeat(64) })).refused('policy_version_reused') })
  it('as approved only with who approved it', () => { given(notificationPolicy, active).when(activate({ version: '1.1.0', status: 'APPROVED' })).refused('policy_not_approved') })
})

aggregateProperties(notificationPolicy, fc.record({ version: fc.constantFrom('1.0.0', '1.1.0'), hash: fc.constantFrom('a'.repeat(64), 'b'.repeat(64)), status: fc.constantFrom('DRAFT' as const, 'APPROVED' as const) }).map(activate))
