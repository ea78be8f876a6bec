/** Of what moment a roster is that came, held against the rosters that the log knows of its facility. */
import type { ImportRunStartedV1, MappingAppliedV1 } from '@chorus/contracts'
import type { Recorder } from '@chorus/event-store'
import type { Mapping } from '../feeds/mapped/mapping'
import { momentOf, overtakenBy, sameRoster, type EarlierRoster } from '../feeds/mapped/moment'
import type { Row } from '../feeds/mapped/read-rows'
import { mappingIn } from './mapping-file'

/** `own`: ids of what was read of it before, while it was written. @returns the moment that the roster says, if any; or why it is not to be believed */
export const rosterMoment = async (recorder: Recorder, mapping: Mapping, rows: readonly Row[], file: string, now: string, own: readonly string[] = []): Promise<{ readonly moment?: string } | { readonly refused: string; /** it is the file that is wrong */ readonly wrong?: true }> => {
  if (!mapping.snapshot) return {}
  const read = momentOf(rows, mapping, now)
  if (read && 'refused' in read) return { ...read, wrong: true }
  // What was read of a part of this very file is no other roster.
  const refused = overtakenBy((await earlierRosters(recorder, mapping)).filter((one) => one.file === file || !own.includes(one.file)), file, read?.says)
  return refused !== undefined ? { refused } : read ? { moment: read.says } : {}
}

/** Whether a roster that says no moment was overtaken: another of its facility began since this instant. `own`: ids of what was read of it itself. */
export const rosterSince = async (recorder: Pick<Recorder, 'read'>, mapping: Mapping, since: string, own: readonly string[]): Promise<boolean> =>
  mapping.snapshot !== undefined && !mapping.snapshot.asOf && (await earlierRosters(recorder, mapping)).some(({ file, began }) => Date.parse(began) >= Date.parse(since) && !own.includes(file))

const earlierRosters = async (recorder: Pick<Recorder, 'read'>, mapping: Mapping): Promise<EarlierRoster[]> => {
  const found: EarlierRoster[] = []
  const begun = new Map<string, EarlierRoster>()
  const same = new Map<string, boolean>()
  for await (const { type, data, time } of recorder.read({ filter: { categories: ['importrun'], types: ['ImportRunStarted', 'MappingApplied'] } })) {
    if (type === 'ImportRunStarted') {
      const { runId, file, asOf } = data as ImportRunStartedV1
      if (file !== undefined) begun.set(runId, { file, began: time, ...(asOf !== undefined && { moment: asOf }) })
      continue
    }
    const { runId, hash, text } = data as MappingAppliedV1
    if (!same.has(hash)) { const applied = mappingIn(text); same.set(hash, 'mapping' in applied && sameRoster(applied.mapping, mapping)) }
    const run = begun.get(runId)
    if (run && same.get(hash)) found.push(run)
    begun.delete(runId)
  }
  return found
}
