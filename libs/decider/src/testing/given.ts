/**
 * given these events, when this command, then these events | refused with this code | nothing.
 *
 *   given(incident, reported()).when(confirm()).then([{ type: 'IntimatePartnerRelationshipConfirmed', data: {…} }])
 *   given(incident).when(confirm()).refused('incident_unknown')
 *   given(incident, reported(), confirmed()).when(confirm()).nothing()
 */
import assert from 'node:assert/strict'
import type { Actor, CommandMeta, DraftEvent, RecordedEvent } from '@chorus/contracts'
import { isRefusal, type Command, type Decider, type Decision, type Refusal } from '../decider'
import { derivedId } from '../derived-id'
import { recorded } from './memory-log'

export const NOW = '2026-07-02T15:10:00.000Z'

/** The meta of a command in a spec; everything may be said otherwise. `name` fixes the command id. */
export function metaOf(more: Partial<CommandMeta> & { name?: string; actor?: Actor } = {}): CommandMeta {
  const { name = 'a command', ...said } = more
  const commandId = derivedId('command', name)
  return {
    commandId, correlationId: commandId, causationId: null, now: NOW,
    actor: { id: 'sample-person', role: 'intakeAnalyst', agency: 'KCPD' }, source: { agency: 'KCPD', system: 'chorus' }, ...said,
  }
}

type Given = DraftEvent | RecordedEvent
type Expected = Partial<DraftEvent> & { readonly type: string }

export function given<State, C extends Command>(decider: Decider<State, C>, ...events: readonly Given[]) {
  const history = events.map((event, revision) => 'revision' in event ? event
    : recorded(event, { stream: `${decider.category}-given`, revision }, metaOf({ name: `given ${revision}` })))
  const state = history.reduce((before, event) => decider.evolve(before, event), decider.initial)
  return {
    state, history,
    when(command: C) {
      const decision: Decision = decider.decide(command, state)
      const events = (): readonly DraftEvent[] => {
        if (isRefusal(decision)) assert.fail(`refused with ${decision.refused} (${decision.text}), but events were expected`)
        return decision
      }
      return {
        decision,
        /** Exactly these events in this order; of each only what is named is compared (data: field by field). */
        then(...expected: readonly Expected[]): readonly DraftEvent[] {
          const actual = events()
          assert.deepEqual(actual.map((event) => event.type), expected.map((event) => event.type))
          expected.forEach((event, at) => assert.deepEqual(onlyNamed(plain(actual[at]!), plain(event)), plain(event)))
          return actual
        },
        refused(code: string, ...rules: readonly string[]): Refusal {
          if (!isRefusal(decision)) assert.fail(`decided ${decision.map((event) => event.type).join(', ') || 'nothing'}, but a refusal ${code} was expected`)
          assert.equal(decision.refused, code)
          for (const rule of rules) assert.ok(decision.rules?.includes(rule), `the refusal names no rule ${rule}`)
          return decision
        },
        nothing(): void { assert.deepEqual(events(), []) },
      }
    },
  }
}

const plain = (value: object): object => JSON.parse(JSON.stringify(value)) as object

/** Of `actual` only the fields that `named` names, at every depth; lists whole. */
const onlyNamed = (actual: unknown, named: unknown): unknown => {
  if (typeof actual !== 'object' || typeof named !== 'object' || actual === null || named === null || Array.isArray(actual) || Array.isArray(named)) return actual
  return Object.fromEntries(Object.entries(named).filter(([key]) => key in actual).map(([key, value]) => [key, onlyNamed((actual as Record<string, unknown>)[key], value)]))
}
