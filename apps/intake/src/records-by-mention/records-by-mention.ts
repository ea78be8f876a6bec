/** Which reports name a person, and which cases rest on an incident. It says where to look; what stands there is read from the log. */
import type { CaseOpenedV1, IncidentReportedV1, RecordedEvent } from '@chorus/contracts'
import type { Recorder } from '@chorus/event-store'

export const CATEGORIES = ['incident', 'pchCase']
const TYPES = ['IncidentReported', 'CaseOpened']

export interface Mention { /** a person's token in a report, or the id of an index incident */ readonly mentioned: string; /** that names it */ readonly stream: string }
export const mentionsIn = ({ type, stream, data }: Pick<RecordedEvent, 'type' | 'stream' | 'data'>): readonly Mention[] => {
  if (type === 'CaseOpened') return [{ mentioned: (data as CaseOpenedV1).indexIncidentId, stream }]
  if (type !== 'IncidentReported') return []
  const { victims, offenders } = data as IncidentReportedV1
  return [...new Set([...victims, ...offenders].map(({ token }) => token))].map((mentioned) => ({ mentioned, stream }))
}

export interface Mentions { /** The streams that name any of these. */ streamsOf(mentioned: readonly string[]): Promise<readonly string[]> }

/** Read from the log, behind `after`: all of it where nothing was kept before. */
export const mentionedSince = async (log: Pick<Recorder, 'read'>, after: number, mentioned: readonly string[]): Promise<readonly string[]> => {
  if (mentioned.length === 0) return []
  const found = new Set<string>()
  for await (const event of log.read({ after, filter: { categories: CATEGORIES, types: TYPES } })) for (const one of mentionsIn(event)) if (mentioned.includes(one.mentioned)) found.add(one.stream)
  return [...found]
}
