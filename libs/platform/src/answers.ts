/** What a route answers, in its OpenAPI entry: the schema that infra/answers.ts made of the type which the handler returns. */
import { ApiResponse } from '@nestjs/swagger'
import ANSWERS from './answer-schemas.json'

type Schema = NonNullable<Extract<Parameters<typeof ApiResponse>[0], { schema: unknown }>['schema']>
const KNOWN: Readonly<Record<string, { readonly json?: object; readonly lines?: object } | undefined>> = ANSWERS

/** Says of a handler what it answers; `npm run answers` knows it by its class and name. */
export const Answers = (description: string, status = 200): MethodDecorator => (target, key, descriptor) => {
  const { json, lines } = KNOWN[`${target.constructor.name}.${String(key)}`] ?? {}
  const schema = (json ?? lines) as Schema | undefined
  ApiResponse({ status, description: lines ? `${description}; NDJSON, each line as described` : description, content: { [lines ? 'application/x-ndjson' : 'application/json']: schema ? { schema } : {} } })(target, key, descriptor)
}
