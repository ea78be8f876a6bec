/**
 * Holds what a running application answers against what its own /docs/openapi.json says it answers: each answer that goes out is
 * looked at, and what is not as described is told by `wrong`. Objects are closed for it: a field that nobody described is found too.
 */
import type { Server } from 'node:http'
import type { INestApplication } from '@nestjs/common'
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020'
import { openApiOf } from '@chorus/platform'

type Schema = Readonly<Record<string, unknown>>
interface Operation { readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> } | undefined>> }
interface Route { readonly method: string; readonly path: string; readonly pattern: RegExp; readonly operation: Operation }

export interface Described { /** one line for each answer that is not as described, never a value */ readonly wrong: readonly string[]; /** how many were looked at */ readonly looked: number }

/** A schema whose objects let no further field pass; what says itself which may, stays. */
export const closed = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(closed)
  if (typeof schema !== 'object' || schema === null) return schema
  const all = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, name === 'enum' ? value : closed(value)]))
  return all.type === 'object' && 'properties' in all && !('additionalProperties' in all) ? { ...all, additionalProperties: false } : all
}

const routesOf = (app: INestApplication): Route[] => Object.entries(openApiOf(app, '0').paths).flatMap(([path, methods]) => Object.entries(methods as Readonly<Record<string, Operation>>).map(([method, operation]) => ({
  method: method.toUpperCase(), path, operation, pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`),
})))
  // what is written out comes before what a parameter takes
  .sort((a, b) => a.path.split('{').length - b.path.split('{').length)

/** Looks at every answer of the application from now on. */
export const describedAnswers = (app: INestApplication): Described => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  const compiled = new Map<Schema, ValidateFunction>()
  const wrong: string[] = []
  let routes: Route[] | undefined
  const told = { wrong, looked: 0 }

  const faults = (schema: Schema, body: unknown): string[] => {
    const validate = compiled.get(schema) ?? ajv.compile(closed(schema) as Schema)
    compiled.set(schema, validate)
    return validate(body) ? [] : (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath || '/'} ${message}${'additionalProperty' in params ? ` (${String(params.additionalProperty)})` : ''}`)
  }
  const look = (method: string, url: string, status: number, type: string, text: string): void => {
    const path = url.split('?')[0]!
    const route = (routes ??= routesOf(app)).find((each) => each.method === method && each.pattern.test(path))
    // the documents themselves; and whoever asks for what is not there
    if (!route || status === 404 && !route.operation.responses['404']) return
    told.looked++
    const say = (what: string): void => { wrong.push(`${method} ${route.path} ${status}: ${what}`) }
    const content = route.operation.responses[status]?.content
    if (!content) { if (status !== 500) say('this status is not described'); return }
    const described = content[type]
    if (!described) { say(`${type} is not described`); return }
    // a route of a test; that each of the product has one start-and-stop.journey.spec.ts holds
    if (!described.schema) return
    const bodies = type === 'application/x-ndjson' ? text.split('\n').filter(Boolean) : [text]
    for (const body of bodies) {
      let parsed: unknown
      try { parsed = JSON.parse(body) } catch { if (bodies.length === 1) say('is not JSON'); return }
      for (const fault of new Set(faults(described.schema, parsed))) say(fault.replace(/\/\d+(?=\/|$| )/g, '/…'))
    }
  }

  const server = app.getHttpServer() as Server
  server.prependListener('request', (request, response) => {
    const chunks: Buffer[] = []
    const keep = (chunk: unknown): void => { if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as Uint8Array)) }
    const write = response.write.bind(response) as (...given: unknown[]) => boolean
    const end = response.end.bind(response) as (...given: unknown[]) => typeof response
    response.write = ((...given: unknown[]) => { keep(given[0]); return write(...given) }) as typeof response.write
    response.end = ((...given: unknown[]) => { keep(given[0]); return end(...given) }) as typeof response.end
    response.once('finish', () => { look(request.method ?? '', request.url ?? '', response.statusCode, String(response.getHeader('content-type') ?? '').split(';')[0]!, Buffer.concat(chunks).toString()) })
  })
  return told
}

/** @throws Error that names what is not as described, each once */
export const allDescribed = ({ wrong }: Described): void => {
  if (wrong.length > 0) throw new Error(`answers that are not as /docs describes them:\n  ${[...new Set(wrong)].join('\n  ')}`)
}
