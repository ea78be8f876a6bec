/** What a referral tells of its two persons, and a report of its own: opened for one decision, kept nowhere. */
import type { IncidentReportedV1, RecordedEvent, ReportedPersonsNamedV1 } from '@chorus/contracts'
import type { Recorder } from '@chorus/event-store'
import type { Told } from '../person-match/person'
import type { Index, ToldInReport } from './told-of-the-two'

const WANTED = /^\/data\/(?:(?:subject|victim)(?:Name|BirthDate)|(?:victims|offenders)\/\d+\/(?:name|birthDate))$/u
const text = (value: unknown): string | undefined => typeof value === 'string' ? value : undefined
const told = (name: unknown, birthDate: unknown): Told => ({ ...(text(name) !== undefined && { name: text(name)! }), ...(text(birthDate) !== undefined && { birthDate: text(birthDate)! }) })

export const toldInReport = async (log: Recorder, referral: readonly RecordedEvent[], incident: readonly RecordedEvent[]): Promise<{ readonly subject: Told; readonly partner: Told; readonly persons: ReadonlyMap<string, ToldInReport>; readonly index: Index } | null> => {
  const at = incident.findLastIndex(({ type }) => type === 'IncidentReported')
  const received = referral.find(({ type }) => type === 'ReferralReceived')
  if (at === -1 || !received) return null
  const report = incident[at]!
  // The names of a report are recorded with it, right behind it.
  const beside = incident[at + 1]?.type === 'ReportedPersonsNamed' ? [incident[at + 1]!] : []
  const [said, named] = await log.unseal([received, ...beside], ({ pointer }) => WANTED.test(pointer))
  const { subjectName, subjectBirthDate, victimName, victimBirthDate } = said!.data as Readonly<Record<string, unknown>>
  const { victims, offenders, dateOf } = report.data as IncidentReportedV1
  const names = named ? [...(named.data as ReportedPersonsNamedV1).victims, ...(named.data as ReportedPersonsNamedV1).offenders] : []
  const persons = [...victims, ...offenders].map(({ token, age }): [string, ToldInReport] => {
    const who = names.find((one) => one.token === token)
    return [token, { ...told(who?.name, who?.birthDate), age }]
  })
  return { subject: told(subjectName, subjectBirthDate), partner: told(victimName, victimBirthDate), persons: new Map(persons), index: { time: report.time, dateOf } }
}
