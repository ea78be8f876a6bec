/** A plan's digest: what was looked at is what is committed. */
import { createHash, type Hash } from 'node:crypto'
import { canonicalJson } from '@chorus/event-store'
import { nameOf, type Mapping } from '../feeds/mapped/mapping'
import type { Departure, Plan, PlanFacts } from '../feeds/mapped/plan'

/**
 * Without tokens and without the moment of a roster: the same file on the same record has the same digest. Canonical JSON of the
 * whole plan, written part by part; departures come first, and only a plan of one part has any.
 */
export class PlanDigest {
  private readonly hash: Hash = createHash('sha256')
  private rows = 0
  constructor(private readonly mapping: Mapping, private readonly file: string) {}

  add({ rows, departures }: Plan, facts: PlanFacts): void {
    if (this.rows === 0) this.begin(departures)
    for (const { row, outcome, cause, stream, drafts } of rows) this.hash.update(`${this.rows++ === 0 ? '' : ','}${canonicalJson({ row, outcome, cause: cause ?? null, stream: stream ?? null, content: drafts.map((draft) => facts.contentOf(draft)) })}`)
  }
  hex(): string {
    if (this.rows === 0) this.begin([])
    return this.hash.update(']}').digest('hex')
  }
  private begin(departures: readonly Departure[]): void {
    const head = canonicalJson({ departures: departures.map(({ stream, draft }) => ({ stream, hold: (draft.data as { holdId: string }).holdId })), file: this.file, mapping: nameOf(this.mapping), rows: [] })
    this.hash.update(head.slice(0, -']}'.length))
  }
}
