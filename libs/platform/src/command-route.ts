/** Decorators of command routes: rights and OpenAPI come from the contracts class, nothing is said twice. */
import { applyDecorators, HttpCode, Injectable, UseFilters, UseGuards, UseInterceptors, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { ApiBearerAuth, ApiBody, ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger'
import { AllowedTo, allCommands, PURPOSES, rightOf, schemaOf, whoMay, type AgenciesOf, type ContractClass, type JsonSchema } from '@chorus/contracts'
import type { Request } from 'express'
import { Answers } from './answers'
import { Problem } from './problem'
import { DeclaredParameters } from './query-params'
import { declareReads, PastWallAudit, ReadAudit, RefusalAudit, type Reads } from './read-audit'
import { BehindNoWall, pastWalls } from './walls'

export const PROBLEM_SCHEMA = {
  type: 'object', required: ['type', 'title', 'status', 'detail', 'instance', 'retryable'],
  properties: {
    type: { type: 'string', description: 'one of the list at /problems' }, title: { type: 'string' }, status: { type: 'integer' },
    detail: { type: 'string', description: 'what is wrong and what to do' }, instance: { type: 'string', description: 'urn:uuid of the correlation id' }, retryable: { type: 'boolean' },
    errors: { type: 'array', items: { type: 'object', properties: { pointer: { type: 'string' }, rule: { type: 'string' }, detail: { type: 'string' } } } },
    refused: { type: 'string' }, rules: { type: 'array', items: { type: 'string' } },
  },
}
/** OpenAPI's own type has no room for type lists and x- keywords of JSON Schema 2020-12; the documents carry them. */
type Schema = NonNullable<Parameters<typeof ApiBody>[0] extends infer O ? O extends { schema: infer S } ? S : never : never>
const asOpenApi = (schema: JsonSchema): Schema => { const { $schema: _, ...rest } = schema; return rest as unknown as Schema }

const problems = (...statuses: readonly number[]) => statuses.map((status) => ApiResponse({ status, description: 'problem+json', content: { 'application/problem+json': { schema: PROBLEM_SCHEMA as unknown as Schema } } }))

/** A command's body is JSON. Runs after the rights guard: who may not send it learns nothing of formats. */
@Injectable()
class JsonOnly implements CanActivate {
  canActivate(execution: ExecutionContext): boolean {
    if (execution.switchToHttp().getRequest<Request>().is('application/json')) return true
    throw new Problem('unsupported-media-type', 'Send the command as JSON: Content-Type: application/json, in UTF-8.')
  }
}

/**
 * Says of a handler: its body is this command. Sets who may call it (from the class's @CommandBody), the reply's status
 * 200, and the OpenAPI entry with the class's own schema, and that of the type it returns. Use it below @Post(path):
 *
 *     @Post('cases') @CommandRoute(OpenCase)
 *     async open(@Body() body: OpenCase, @Meta() meta: CommandMeta): Promise<Receipt> {
 *       return receiptOf(await this.commands.execute(new OpenCaseCommand(body, meta)))
 *     }
 */
export const CommandRoute = (body: ContractClass): MethodDecorator => {
  const right = rightOf(body)
  const contract = allCommands().find(({ cls }) => cls === body)
  if (!right || !contract) throw new Error(`${body.name} is not a command: it lacks @CommandBody, so nobody may send it`)
  const who = `For ${whoMay(right)}.`
  return applyDecorators(
    AllowedTo(right) as MethodDecorator, UseFilters(RefusalAudit), UseGuards(JsonOnly, BehindNoWall), ...contract.pastWalls ? [pastWalls(), UseInterceptors(PastWallAudit)] : [], HttpCode(200), ApiBearerAuth(),
    ApiOperation({ operationId: contract.type, summary: contract.summary, description: who }),
    ApiHeader({ name: 'Idempotency-Key', required: false, description: 'UUID, one per wish: the same key sent again answers as the first time', schema: { type: 'string', format: 'uuid' } }),
    ApiBody({ required: true, schema: asOpenApi(schemaOf(body)) }),
    Answers('recorded (or recorded before: "repeated")'),
    ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
  )
}

/** Of a route that shows a person's record. */
const AUDITED: readonly MethodDecorator[] = [
  UseInterceptors(ReadAudit),
  ApiHeader({ name: 'X-Purpose', required: true, description: 'what the record is read for; kept in the audit log', schema: { type: 'string', enum: [...PURPOSES] } }),
]

/**
 * Says of a reading handler: summary, who may call it, whether it shows anything of a person (then it asks for a purpose and is
 * entered in the audit log). The schema of the answer is that of the type it returns, its parameters are those that @ApiQuery declares.
 */
export const QueryRoute = (spec: { readonly summary: string; readonly reads: Reads; readonly roles: Parameters<typeof AllowedTo>[0]['roles']; readonly agencies?: readonly string[]; readonly agenciesOf?: AgenciesOf; /** of a question that is too long for a path: a POST, which changes nothing */ readonly body?: ContractClass }): MethodDecorator => applyDecorators(
  AllowedTo({ roles: spec.roles, ...(spec.agencies ? { agencies: spec.agencies } : {}), ...(spec.agenciesOf ? { agenciesOf: spec.agenciesOf } : {}) }) as MethodDecorator, UseFilters(RefusalAudit), UseGuards(DeclaredParameters, ...spec.body ? [JsonOnly] : []), ApiBearerAuth(), ...spec.body ? [HttpCode(200), ApiBody({ required: true, schema: asOpenApi(schemaOf(spec.body)) }), ...problems(413, 415, 422)] : [], declareReads(spec.reads), ...'person' in spec.reads ? AUDITED : [],
  ApiOperation({ summary: spec.summary, description: `For ${whoMay(spec)}.` }),
  Answers('the answer'),
  ...problems(400, 401, 403, 404, 409, 503),
)

/** Says of a handler that takes a file as its body: what it answers, and which problems may come before the first line. */
export const UploadRoute = (answer: string): MethodDecorator => applyDecorators(
  UseFilters(RefusalAudit), HttpCode(200), ApiBearerAuth(),
  Answers(answer),
  ...problems(400, 401, 403, 409, 413, 415, 422, 503),
)
