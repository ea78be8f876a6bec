/** Why an event was not worked, and what follows: the kinds are told apart by who can mend them. Pure. */
import { UnknownEvent } from '@chorus/contracts'
import { isTransient } from '@chorus/event-store'
import { UnreadableMessage } from './message'

abstract class Failure extends Error {
  /**
   * @param code a name for the cause, the same for the same fault, e.g. case-not-recorded: failures are counted and retried by it
   * @param text for an operator: what is wrong and what to do; no confidential value
   */
  constructor(readonly code: string, text: string, options?: ErrorOptions) { super(text, options) }
}
/** It may go well by itself later, this event alone: somebody else was always faster, a service did not answer. */
export class Retriable extends Failure { override name = 'Retriable' }
/** What it needs from another stream is not there yet. Not a fault: order holds per stream alone. */
export class Defer extends Failure { override name = 'Defer' }
/** It will never go well as it is: a person must look. */
export class Permanent extends Failure { override name = 'Permanent' }

export type ParkedKind = 'deferred' | 'retriable' | 'permanent' | 'hole'

export interface BackOff {
  /** ms; doubles with every try */
  readonly first: number
  readonly longest: number
}
export const BACK_OFF: Readonly<Record<'deferred' | 'retriable', BackOff>> = {
  deferred: { first: 250, longest: 30_000 },
  retriable: { first: 1000, longest: 300_000 },
}
/** PostgreSQL's insufficient_privilege */
const RIGHT_MISSING = '42501'
/** An error that we do not know is tried so often before a person must look. */
export const UNKNOWN_TRIES = 5

export interface Verdict {
  readonly kind: Exclude<ParkedKind, 'hole'>
  readonly cause: string
  readonly detail: string
  /** null: only a person brings it back */
  readonly retryInMs: number | null
}

/** How an error of a reaction is taken. `attempts`: how often the event was tried, this time included. The detail holds only texts that we wrote ourselves. */
export function verdictOn(error: unknown, attempts: number, backOff: Readonly<Record<'deferred' | 'retriable', BackOff>> = BACK_OFF): Verdict {
  const wait = ({ first, longest }: BackOff): number => Math.min(longest, first * 2 ** Math.min(30, attempts - 1))
  const retriable = (cause: string, detail: string): Verdict => ({ kind: 'retriable', cause, detail, retryInMs: wait(backOff.retriable) })
  if (error instanceof Defer) return { kind: 'deferred', cause: error.code, detail: error.message, retryInMs: wait(backOff.deferred) }
  if (error instanceof Retriable) return retriable(error.code, error.message)
  if (error instanceof Permanent) return { kind: 'permanent', cause: error.code, detail: error.message, retryInMs: null }
  // mended by an update of this build, which then finds it waiting
  if (error instanceof UnknownEvent) return retriable('unknown-event', error.message)
  if (error instanceof UnreadableMessage) return { kind: 'permanent', cause: 'unreadable', detail: error.message, retryInMs: null }
  // mended by a person for all events at once
  if ((error as { code?: unknown } | undefined)?.code === RIGHT_MISSING) return retriable('database-right-missing', 'The database refuses this service a right that it needs: npx chorus doctor says which. Give it back: DATABASE_OWNER_URL=… npx chorus migrate, or start Chorus again where it brings its own database. It is tried again by itself.')
  const name = nameOf(error)
  const detail = `The reaction failed with ${name}; its text is not kept, since it may quote a record. The service's own log has where it was thrown.`
  return attempts < UNKNOWN_TRIES ? retriable(name, detail) : { kind: 'permanent', cause: name, detail: `${detail} Tried ${attempts} times.`, retryInMs: null }
}

/** Whether the log, the database or the key service is away: nothing is wrong with the event, and every other would fail the same way. */
export const isOutage = (error: unknown): boolean =>
  !(error instanceof Failure) && (isTransient(error) || (error instanceof Error && ['StoreUnavailable', 'KeyServiceAway'].includes(error.name)) || (error instanceof Error && error.cause !== undefined && error.cause !== error && isOutage(error.cause)))

/** A refused command as a failure of the reaction that sent it. The refusal's text is written without confidential values. */
export function failureOf(refusal: { readonly refused: string; readonly kind: 'rule' | 'not-found' | 'conflict' | 'retry-later' | 'forbidden'; readonly text: string }): Retriable | Defer | Permanent {
  switch (refusal.kind) {
    case 'retry-later': return new Retriable(refusal.refused, refusal.text)
    case 'not-found': return new Defer(refusal.refused, refusal.text)
    case 'rule': case 'conflict': case 'forbidden': return new Permanent(refusal.refused, refusal.text)
  }
}

const nameOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'error'
  const code = (error as { code?: unknown }).code
  const name = /^[\w.]{1,64}$/.test(error.name) ? error.name : 'Error'
  return typeof code === 'string' && /^[\w.]{1,64}$/.test(code) ? `${name}:${code}` : name
}
