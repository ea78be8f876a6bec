/** Parameters of paths and queries, read or refused in plain words; and waiting until a read model has seen what its asker has done. */
import { Injectable, type CanActivate, type ExecutionContext, type PipeTransform } from '@nestjs/common'
import type { EventStore } from '@chorus/event-store'
import type { Request } from 'express'
import type { PendingQuery, Row as SqlRow, Sql } from 'postgres'
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

/** One of these codes; undefined where the parameter is not there. */
export const oneOf = <C extends string>(name: string, text: string | undefined, codes: readonly C[]): C | undefined => {
  if (text === undefined) return undefined
  if (!(codes as readonly string[]).includes(text)) throw badParameter(name, `must be one of ${codes.join(', ')}`)
  return text as C
}

/** One name; undefined where the parameter is not there. A parameter that came twice is none. */
export const textOf = (name: string, text: string | undefined): string | undefined => {
  if (text !== undefined && (typeof text !== 'string' || text === '')) throw badParameter(name, 'must be one name')
  return text
}

/** A UUID, in lower case as ids are stored; undefined where the parameter is not there. */
export const uuid = (name: string, text: string | undefined): string | undefined => {
  if (text === undefined) return undefined
  if (typeof text !== 'string' || !isUuid(text)) throw badParameter(name, 'must be a UUID')
  return text.toLowerCase()
}

/** `after=`: waits until the read model has seen the log through that ordinal of a reply to a command. */
export const seenAfter = async (after: string | undefined, readModel: Pick<Following, 'reached'>, store: Pick<EventStore, 'head'>): Promise<void> => {
  const ordinal = wholeNumber('after', after, 0, 0, Number.MAX_SAFE_INTEGER)
  if (ordinal === 0 || (await readModel.reached(ordinal, 0))) return
  if ((await store.head()).ordinal < ordinal) throw badParameter('after', 'is beyond the end of the log: take the ordinal of a reply to a command')
  if (!(await readModel.reached(ordinal, PATIENCE))) throw new Problem('retry-later', 'This list has not seen yet what you ask for. Ask again in a few seconds.')
}

/** So many rows are looked at with one question. */
const LOOKED_AT = 500
/**
 * One page of what the reader may see. It is cut after what is hidden from him is left out: a page that is short, or a place that is
 * skipped, would tell of it, and a client that stops at an empty page would never see what lies behind. `read`: so many rows from a
 * place on, in an order that is always the same; `seen`: those of them that may be shown.
 */
export const pageOf = async <Row>({ limit, from }: { readonly limit: number; readonly from: number }, read: (limit: number, offset: number) => Promise<readonly Row[]>, seen: (rows: readonly Row[]) => Promise<readonly Row[]>): Promise<Row[]> => {
  const page: Row[] = []
  let skip = from
  for (let offset = 0; ; offset += LOOKED_AT) {
    const rows = await read(LOOKED_AT, offset)
    for (const row of await seen(rows)) {
      if (skip > 0) { skip--; continue }
      page.push(row)
      if (page.length === limit) return page
    }
    if (rows.length < LOOKED_AT) return page
  }
}

interface Hides { hides(value: unknown): boolean }
/** How many there are of each, of those rows that a wall does not hide. */
export const countsOf = (rows: readonly { readonly row: unknown; readonly state: string }[], wall: Hides): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { row, state } of rows) if (!wall.hides(row)) counts[state] = (counts[state] ?? 0) + 1
  return counts
}
/** The same of a read model: the rows themselves are read for a reader who has a wall alone. `rows`: `from … where …`, with the columns row and state. */
export const countsIn = async (sql: Sql, rows: PendingQuery<SqlRow[]>, wall: Hides | null): Promise<Record<string, number>> => wall
  ? countsOf(await sql<{ row: unknown; state: string }[]>`select row, state ${rows}`, wall)
  : Object.fromEntries((await sql<{ state: string; count: string }[]>`select state, count(*) ${rows} group by state`).map(({ state, count }) => [state, Number(count)]))

/**
 * Refuses parameters that the route does not declare (@ApiQuery): a misspelt filter would answer with everything, and look
 * like an answer to what was asked. Runs after the rights guard.
 */
@Injectable()
export class DeclaredParameters implements CanActivate {
  canActivate(execution: ExecutionContext): boolean {
    const declared = ((Reflect.getMetadata('swagger/apiParameters', execution.getHandler()) ?? []) as { name: string; in: string }[]).filter((one) => one.in === 'query').map(({ name }) => name)
    const unknown = Object.keys(execution.switchToHttp().getRequest<Request>().query).find((name) => !declared.includes(name))
    if (unknown === undefined) return true
    const said = /^[A-Za-z][A-Za-z-]{0,30}$/.test(unknown) ? unknown : 'of this name'
    throw new Problem('bad-parameter', `There is no parameter ${said} here. ${declared.length === 0 ? 'Leave it out: this route takes none.' : `Take one of ${declared.join(', ')}.`}`, { errors: [{ pointer: '/query', rule: 'known', detail: declared.length === 0 ? 'takes no parameters' : `takes ${declared.join(', ')}` }] })
  }
}

/** An id in a path: a UUID, in lower case as ids are stored. */
@Injectable()
export class UuidParam implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isUuid(value)) throw new Problem('bad-parameter', 'The id in the path must be a UUID. Take it from the answer or the list that named it.', { errors: [{ pointer: '/path/id', rule: 'uuid', detail: 'must be a UUID' }] })
    return value.toLowerCase()
  }
}
