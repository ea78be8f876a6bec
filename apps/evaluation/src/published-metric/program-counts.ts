/**
 * The metric program-counts: how many incidents, referrals and cases the log knows, and how cases were levelled first. A fold of
 * the log in its order. What was destroyed by order is not counted, whenever it was recorded: law takes it out of every figure
 * that is computed from then on, and each publication says of how many. Pure.
 */
import { createHash } from 'node:crypto'
import type { PublishedFigure } from '@chorus/contracts'

export const METRIC_ID = 'program-counts'
export const DEFINITION = {
  metricId: METRIC_ID, version: 1, question: 'How many incidents were reported, people referred, cases opened, and levels first assigned?', population: 'all that is recorded through the moment',
  figures: ['incidents', 'referrals', 'cases', 'levelled.D', 'levelled.C', 'levelled.B', 'levelled.A'], leavesOut: ['reports taken back', 'what was destroyed by order'], closedRecords: 'in', smallestCell: 11, withheld: 'cells of 1 to 10; of the levels so many more, smallest first, that nobody can subtract one from the cases',
} as const
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
export const DEFINITION_HASH = sha256(JSON.stringify(DEFINITION))

interface Folded { readonly type: string; readonly stream: string; readonly data: object }
interface Names { readonly subjectRef?: string; readonly caseId?: string; readonly referralId?: string; readonly level?: string; readonly retracts?: string }

/** By order: records by their streams, persons by their tokens. */
export const erasedBy = ({ type, data }: Pick<Folded, 'type' | 'data'>): string[] => {
  if (type !== 'SubjectKeyDestroyed') return []
  const { personRef, record } = data as { personRef?: string; record?: string }
  return [personRef, record].filter((one): one is string => one !== undefined)
}

export class ProgramCounts {
  private readonly incidents = new Map<string, { id: string; standing: boolean }>()
  private readonly referrals = new Map<string, string>()
  private readonly cases = new Map<string, { readonly subjectRef: string; level?: string }>()

  fold({ type, stream, data, id }: Folded & { readonly id: string }): void {
    const { subjectRef = '', caseId = '', level, retracts } = data as Names
    switch (type) {
      case 'IncidentReported': this.incidents.set(stream, { id, standing: true }); break
      case 'EventRetracted': { const known = this.incidents.get(stream); if (known?.id === retracts) this.incidents.set(stream, { ...known!, standing: false }); break }
      case 'ReferralReceived': this.referrals.set(stream, subjectRef); break
      case 'CaseOpened': this.cases.set(caseId, { subjectRef }); break
      case 'LevelAssigned': { const known = this.cases.get(caseId); if (known && level !== undefined) known.level ??= level; break }
    }
  }

  /** @param erased records and persons that were destroyed by order */
  figures(erased: ReadonlySet<string>): PublishedFigure[] {
    const cases = [...this.cases.values()].filter(({ subjectRef }) => !erased.has(subjectRef))
    const counts: Readonly<Record<string, number>> = {
      incidents: [...this.incidents].filter(([stream, { standing }]) => standing && !erased.has(stream)).length,
      referrals: [...this.referrals].filter(([stream, subjectRef]) => !erased.has(stream) && !erased.has(subjectRef)).length,
      cases: cases.length, ...Object.fromEntries(['D', 'C', 'B', 'A'].map((level) => [`levelled.${level}`, cases.filter((one) => one.level === level).length])),
    }
    const withheld = withheldOf(counts)
    return DEFINITION.figures.map((name) => withheld.has(name) ? { name } : { name, value: counts[name]! })
  }
}

/** So few could be somebody; none at all is nobody. The levels add up to no more than the cases: one that is withheld alone would be told by the others. */
const withheldOf = (counts: Readonly<Record<string, number>>): ReadonlySet<string> => {
  const few = (name: string): boolean => counts[name]! > 0 && counts[name]! < DEFINITION.smallestCell
  const levels = DEFINITION.figures.filter((name) => name.startsWith('levelled.') && counts[name]! > 0).sort((a, b) => counts[a]! - counts[b]!)
  const hidden = levels.filter(few)
  const sum = (): number => hidden.reduce((total, name) => total + counts[name]!, 0)
  for (const next of levels.filter((name) => !few(name))) if (hidden.length === 1 || (hidden.length > 0 && sum() < DEFINITION.smallestCell)) hidden.push(next)
  return new Set([...DEFINITION.figures.filter(few), ...hidden])
}
