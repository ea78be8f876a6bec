/** A log of levels, as intake would have written them: what the benches of the bus publish and drain. All of it is fiction. */
import { PostgresStore, type NewEvent } from '@chorus/event-store'
import { generator } from './envelopes'

const STREAMS = 400

/** A level of a case, with an envelope as full as intake writes it. */
export const levelAssigned = (make: ReturnType<typeof generator>, caseId: string): NewEvent => {
  const id = make.uuid()
  const content = `${make.uuid()}${make.uuid()}`.replaceAll('-', '')
  return {
    id, type: 'LevelAssigned', content,
    body: {
      id, type: 'LevelAssigned', schemaVersion: 1, content, source: { agency: 'JCPO', system: 'chorus' }, time: '2026-07-02T20:10:00.000Z', timePrecision: 'instant', timeZone: 'UTC', receivedtime: '2026-07-02T20:10:00.000Z',
      partitionkey: `pchCase-${caseId}`, commandId: make.uuid(), command: content, correlationId: make.uuid(), causationId: make.uuid(), actor: { id: make.uuid(), role: 'prosecutor', agency: 'JCPO' }, subjects: [], classification: 'CJI',
      policyVersion: 'levels@3', basis: [{ stream: `pchCase-${caseId}`, revision: 2 }, { stream: `historyReview-${caseId}`, revision: 0 }],
      data: { caseId, level: 'C', rank: 2, proposedLevel: 'C', matchedCriteria: ['ipvArrestOrCharge.equals=1'], evidenceRefs: [`incident-${make.uuid()}`], decidedBy: 'human', policyHash: 'a'.repeat(64) },
    },
  }
}

/** Records so many levels, in 400 streams, `run` in a row of each. */
export async function fillWithLevels(url: string, events: number, seed: number, run: number): Promise<void> {
  const make = generator(seed)
  const store = await PostgresStore.open({ url })
  const streams = Array.from({ length: STREAMS }, () => make.uuid())
  for (let written = 0, at = 0; written < events; at += 32) {
    const appends = Array.from({ length: 32 }, (_, i) => {
      const caseId = streams[(at + i) % STREAMS]!
      const count = Math.max(0, Math.min(run, events - written))
      written += count
      return { stream: `pchCase-${caseId}`, expected: 'any' as const, events: Array.from({ length: count }, () => levelAssigned(make, caseId)) }
    }).filter((append) => append.events.length > 0)
    for (const result of await store.appendEach(appends)) if (!result.ok) throw new Error(result.error.code)
  }
  await store.close()
}
