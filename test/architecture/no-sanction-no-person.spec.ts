/** Two borders: declining services leads to nothing (P1), and money leads to nobody. */
import { CATEGORIES, TOPICS, allCommands, eventRegistry, fieldsOf, topicNamed, type ContractClass, type FieldSpec } from '@chorus/contracts'
import { filesBelow, findings } from './tree'

const eventsIn = (category: string) => eventRegistry.all().filter(({ categories }) => categories.includes(category))
const fieldsBelow = (cls: ContractClass): FieldSpec[] => fieldsOf(cls).flatMap((spec) => [spec, ...(spec.nested ? fieldsBelow(spec.nested()) : [])])
const codeOf = (...apps: string[]): string[] => filesBelow(...apps.map((app) => `apps/${app}`)).filter((path) => /\.ts$/.test(path))

describe('P1: declining services has no consequence', () => {
  const services = eventsIn('pchService')
  const JUSTICE = ['intake', 'deterrence']

  it('its events are found', () => expect(services.map(({ type }) => type).sort()).toEqual(['ServiceOfferAnswered', 'ServiceOffered', 'ServiceReferralAnswered', 'ServiceReferralSent']))
  it('nobody who sets levels or delivers notifications reads them', () => {
    expect(topicNamed('pch.services.v1').readers.filter((reader) => JUSTICE.includes(reader))).toEqual([])
    expect(TOPICS.filter(({ categories }) => categories.includes('pchService')).map(({ name }) => name)).toEqual(['pch.services.v1'])
    expect(services.filter(({ consumers }) => consumers.some((consumer) => JUSTICE.includes(consumer))).map(({ type }) => type)).toEqual([])
  })
  it('nor names them', () => {
    const names = new RegExp(['pchService', 'pch\\.services', ...services.map(({ type }) => type)].join('|'))
    expect(findings(codeOf(...JUSTICE), names, 'what he answers to an offer of services decides nothing here')).toEqual([])
  })
  it('no role of justice sees them in a history', () => {
    const seen = Object.keys(CATEGORIES.find(({ name }) => name === 'pchService')!.sight)
    expect(seen.filter((role) => ['intakeAnalyst', 'detective', 'prosecutor', 'panelMember', 'agencyFeed'].includes(role))).toEqual([])
  })
  it('they can say that he declined, and nothing that could follow from it: every field is one of these', () => {
    const fields = new Set(services.flatMap(({ cls }) => fieldsBelow(cls).map(({ name }) => name)))
    expect([...fields].sort()).toEqual(['answer', 'caseId', 'channel', 'consentRef', 'domain', 'firstAppointmentAt', 'hsdsServiceId', 'notificationId', 'offerId', 'providerOrgId', 'reasonCode', 'referralId', 'response'])
  })
})

describe('money leads to nobody', () => {
  const finance = [...eventsIn('authorization'), ...eventsIn('account')]
  const commands = allCommands().filter(({ type, agencies }) => type === 'SubmitRequisition' || agencies?.join() === 'FINANCE')

  it('its events and commands are found', () => expect([finance.length >= 8, commands.length >= 6]).toEqual([true, true]))
  it('they have no context, so no token and no key', () => expect(finance.filter(({ context }) => context !== 'none').map(({ type }) => type)).toEqual([]))
  it('no field is a token, is sealed, speaks of anybody, or is the id of anybody\'s stream', () => {
    const fields = [...finance, ...commands].flatMap(({ cls, type }) => fieldsBelow(cls).map((spec) => ({ type, spec })))
    expect(fields.filter(({ spec }) => spec.kind === 'token' || spec.kind === 'stream' || spec.sealed || spec.about || (spec.of ?? 'none') !== 'none').map(({ type, spec }) => `${type}.${spec.name}`)).toEqual([])
    expect(fields.filter(({ spec }) => /case|subject|person|victim|offender|incident|notification|name$/i.test(spec.name)).map(({ type, spec }) => `${type}.${spec.name}`)).toEqual([])
  })
  it('free text is the purpose of an ordinance alone', () => {
    expect([...new Set(finance.flatMap(({ cls }) => fieldsBelow(cls).filter(({ kind }) => kind === 'text').map(({ name }) => name)))]).toEqual(['purpose'])
  })
  it('every line says whose money it is', () => {
    const lines = eventsIn('account')
    expect(lines.filter(({ cls }) => !fieldsOf(cls).some(({ name }) => name === 'fundingSourceId')).map(({ type }) => type)).toEqual([])
  })
  it('its code names neither a case nor the vault, and reads no topic', () => {
    expect(findings(codeOf('finance').filter((path) => !path.endsWith('.spec.ts')), /pchCase|caseId|VAULT|personOf|tokenFor|new Consumer\(/, 'finance runs beside the case')).toEqual([])
  })
})
