/**
 * Which service may append to a stream category, and which may read it. The one place that says so: `chorus migrate` makes the
 * database's rows of it (row security, one role for each service), and the store of each service refuses the rest by name.
 */
import { eventRegistry } from './event'
import { CONTEXTS, type Context } from './privacy'
import { topicOf, type Service } from './topics'

export interface Access { readonly appends: readonly Service[]; /** beside those that append, and those that read everything */ readonly reads: readonly Service[] }

/** Services that read the whole log, whatever the category, and why. */
export const READS_EVERYTHING: Readonly<Partial<Record<Service, string>>> = {
  evaluation: 'replays the log and answers histories; who sees what of a history is decided for each reader',
  operations: 'walks the chain, and shows what waits by reference; opens nothing',
}

const of = (appends: Service | readonly Service[], ...reads: readonly Service[]): Access => ({ appends: [appends].flat() as Service[], reads })

/** By category, as in categories.ts; the relay reads what has a topic. */
export const ACCESS: Readonly<Record<string, Access>> = {
  incident: of('intake'),
  arrest: of('intake'),
  circumstance: of('intake', 'deterrence'),
  windowReport: of('intake'),
  zeroReport: of('intake'),
  openReport: of('intake'),
  feedCoverage: of('intake'),
  eligibility: of('intake'),
  referral: of('intake'),
  deferral: of('intake'),
  pair: of('intake'),
  personIdentity: of('intake'),
  pchCase: of('intake', 'deterrence'),
  historyReview: of('intake'),
  charging: of('intake'),
  supervision: of('intake'),
  recordAccess: of(['intake', 'operations'], 'deterrence', 'services'),
  lethalityScreen: of('intake'),
  importrun: of('intake'),
  quarantine: of('intake'),
  policy: of(['intake', 'deterrence']),
  // intake: whether somebody had been told when he offended again
  notification: of('deterrence', 'services', 'intake'),
  safetyReview: of('deterrence'),
  safetyWarning: of('deterrence'),
  pchService: of('services'),
  authorization: of('finance'),
  account: of('finance'),
  publishedMetric: of('evaluation'),
  // Who may know the persons of a referral asks for walls before persons, the others for walls before cases: a partner's token
  // beside the case of the person who harmed her would tell them who she is (decision 0098).
  conflictOfInterest: of('operations', 'intake'),
  walledCases: of(['operations', 'intake'], 'deterrence', 'services'),
  subjectKey: of('operations'),
  contextKey: of('operations'),
  deadLetter: of('operations', 'deterrence', 'services'),
}

/** The categories that a service may append to. */
export const appendedBy = (service: Service): string[] => Object.keys(ACCESS).filter((category) => ACCESS[category]!.appends.includes(service))
/** The categories that a service may read; 'everything' where it may read those of tomorrow too. */
export const readBy = (service: Service): readonly string[] | 'everything' => READS_EVERYTHING[service] !== undefined
  ? 'everything'
  : Object.entries(ACCESS).filter(([category, { appends, reads }]) => appends.includes(service) || reads.includes(service) || (service === 'relay' && topicOf(category) !== undefined)).map(([category]) => category)

/** Keys that no event is sealed with: of the bytes of quarantined records. */
const BESIDE_EVENTS: Readonly<Partial<Record<Service, readonly Context[]>>> = { intake: ['intake'] }
/** The contexts whose keys a service needs: those of the events that it may read, which it also seals. 'everything' where it opens or destroys whatever there is. */
export const contextsOf = (service: Service): readonly Context[] | 'everything' => {
  const reads = readBy(service)
  if (reads === 'everything') return 'everything'
  const sealed = eventRegistry.all().filter(({ categories }) => categories.some((category) => reads.includes(category))).map(({ context }) => context)
  return CONTEXTS.filter((context) => sealed.includes(context) || BESIDE_EVENTS[service]?.includes(context))
}
