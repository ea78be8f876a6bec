/** Parameters of paths and queries, read or refused in plain words; and waiting until a read model has seen what its asker has done. */
import { Injectable, type PipeTransform } from '@nestjs/common'
import type { EventStore } from '@chorus/event-store'
import type { Following } from './followers'
import { Problem } from './problem'
import { isUuid } from './request-context'

/** How long a query waits for its read model, in ms. */
const PATIENCE = 5000

export const badParameter = (name: string, detail: string): Problem =>
  new Problem('bad-parameter', `The parameter ${name} ${detail}.`, { errors: [{ pointer: `/query/${name}`, rule: 'range', detail }] })

/** A whole number from `min` to `max`; `otherwise` where the parameter is not there. */
export const wholeNumber = (name: string, text: string | undefined, otherwise: number, min: number, max: number): number => {
  if (text === undefined || text === '') return otherwise
  const value = typeof text === 'string' && /^\d{1,16}$/.test(text) ? Number(text) : NaN
  if (!(value >= min && value <= max)) throw badParameter(name, `must be a whole number from ${min} to ${max}`)
  return value
}

/** `after=`: waits until the read model has seen the log through that ordinal of a reply to a command. */
export const seenAfter = async (after: string | undefined, readModel: Pick<Following, 'reached'>, store: Pick<EventStore, 'head'>): Promise<void> => {
  const ordinal = wholeNumber('after', after, 0, 0, Number.MAX_SAFE_INTEGER)
  if (ordinal === 0 || (await readModel.reached(ordinal, 0))) return
  if ((await store.head()).ordinal < ordinal) throw badParameter('after', 'is beyond the end of the log: take the ordinal of a reply to a command')
  if (!(await readModel.reached(ordinal, PATIENCE))) throw new Problem('retry-later', 'This list has not seen yet what you ask for. Ask again in a few seconds.')
}

/** An id in a path: a UUID, in lower case as ids are stored. */
@Injectable()
export class UuidParam implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isUuid(value)) throw new Problem('bad-parameter', 'The id in the path must be a UUID. Take it from the answer or the list that named it.', { errors: [{ pointer: '/path/id', rule: 'uuid', detail: 'must be a UUID' }] })
    return value.toLowerCase()
  }
}
