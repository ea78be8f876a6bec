/**
 * The plan as it would be recorded: a row whose ids stand for another record in the log is refused in it. The log keeps an id for
 * ever, so that where it stands in another stream no later look changes that; where it stands in the row's own and was not seen,
 * another writer was faster, and the append will say so.
 */
import type { Recorder } from '@chorus/event-store'
import type { Mapping } from '../feeds/mapped/mapping'
import { planRows, type Foreseen, type Plan, type PlanFacts } from '../feeds/mapped/plan'
import type { Row } from '../feeds/mapped/read-rows'

/**
 * @param known rows of which an append has found that their ids are taken
 * @param before what the file's earlier parts would record, where nothing was recorded yet
 */
export const planExtract = async (recorder: Pick<Recorder, 'standing'>, rows: readonly Row[], mapping: Mapping, facts: PlanFacts, known: ReadonlySet<number> = new Set(), before?: Foreseen): Promise<Plan> => {
  const taken = new Set(known)
  for (;;) {
    const plan = planRows(rows, mapping, facts, taken, before)
    const ids = new Map(plan.rows.flatMap(({ row, stream, ids: own = [] }) => own.map((id) => [id, { row, stream: stream! }] as const)))
    const found = [...await recorder.standing([...ids.keys()])].filter(([id, stream]) => { const own = ids.get(id)!.stream; return stream !== own || facts.history(own).some((event) => event.id === id) })
    if (found.length === 0) return plan
    for (const [id] of found) taken.add(ids.get(id)!.row)
  }
}
