/** Request bodies: checked against the contracts class that the handler's @Body() parameter is typed with. */
import { ArgumentMetadata, Injectable, PipeTransform } from '@nestjs/common'
import { fieldsOf, problemsOf, type ContractClass } from '@chorus/contracts'
import { Problem, type FieldProblem } from './problem'

/** At most so many wrong fields are named in one answer. */
const NAMED = 50

@Injectable()
export class BodyPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type !== 'body') return value
    if (!metatype || fieldsOf(metatype as ContractClass).length === 0) throw new Error('a @Body() parameter must be typed with a class of libs/contracts (a decorated one); its type is what checks it')
    return checkedBody(metatype as ContractClass, value)
  }
}

/** @returns the value, once it fits; throws Problem 'schema-violation' with one entry per wrong field. */
export const checkedBody = (cls: ContractClass, value: unknown): object => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Problem('schema-violation', 'The body must be one JSON object, sent with Content-Type: application/json.', { errors: [{ pointer: '', rule: 'type', detail: 'must be an object' }] })
  const problems = problemsOf(cls, value)
  if (problems.length === 0) return value
  const errors: FieldProblem[] = problems.slice(0, NAMED).map(({ field, rule, text }) => ({ pointer: field, rule, detail: text }))
  const more = problems.length > NAMED ? ` The first ${NAMED} are named.` : ''
  throw new Problem('schema-violation', `${problems.length === 1 ? 'One field is' : `${problems.length} fields are`} wrong: correct what "errors" names and send it again. Nothing was recorded.${more}`, { errors })
}
