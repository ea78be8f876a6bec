/** JSON Schema 2020-12 of a contract class, closed, and the check compiled from it. */
import Ajv2020, { type ErrorObject, type ValidateFunction } from 'ajv/dist/2020'
import { fieldsOf, type ContractClass, type FieldSpec, type JsonSchema } from './fields'

const DIALECT = 'https://json-schema.org/draft/2020-12/schema'

const ofField = (spec: FieldSpec): JsonSchema => {
  const one = spec.nested ? ofClass(spec.nested()) : spec.schema
  const value = spec.many ? { type: 'array', items: one, ...(spec.max === undefined ? {} : { maxItems: spec.max }) } : one
  return { ...value, description: spec.doc, 'x-privacy': spec.privacy, ...(spec.sealed ? { 'x-sealed': true } : {}) }
}

const ofClass = (cls: ContractClass): JsonSchema => {
  const specs = fieldsOf(cls)
  return {
    type: 'object',
    properties: Object.fromEntries(specs.map(spec => [spec.name, ofField(spec)])),
    required: specs.filter(spec => !spec.optional).map(spec => spec.name),
    additionalProperties: false,
  }
}

/** The closed JSON Schema 2020-12 of a contract class: the plaintext before sealing; `x-privacy` and `x-sealed` say how each field is kept. */
export const schemaOf = (cls: ContractClass): JsonSchema => ({ $schema: DIALECT, title: cls.name, ...ofClass(cls) })

/** One broken rule: where, which, and what to do. Never carries the value. */
export interface FieldProblem {
  /** JSON pointer into the checked object, '' for the object itself */
  readonly field: string
  /** JSON Schema keyword */
  readonly rule: string
  /** plain words, e.g. "must be a whole number of at least 0" */
  readonly text: string
}

// the schemas are ours, and test/architecture holds them against the dialect: no process compiles the dialect to do it again
const ajv = new Ajv2020({ allErrors: true, validateFormats: false, strict: true, ownProperties: true, validateSchema: false })
ajv.addVocabulary(['x-privacy', 'x-sealed'])
const compiled = new Map<ContractClass, ValidateFunction>()
const checkOf = (cls: ContractClass): ValidateFunction => {
  let check = compiled.get(cls)
  if (!check) compiled.set(cls, check = ajv.compile(schemaOf(cls)))
  return check
}

/** Checks a plain object against a contract class; [] when it is right. Fast: the compiled schema, no instances. */
export const problemsOf = (cls: ContractClass, value: unknown): readonly FieldProblem[] => {
  const check = checkOf(cls)
  return check(value) ? [] : (check.errors ?? []).map(problem => toProblem(cls, problem))
}

/** The spec of the field that a JSON pointer means, without array indexes; undefined where the class has no such field. */
const specAt = (cls: ContractClass, pointer: string): FieldSpec | undefined => {
  let found: FieldSpec | undefined
  let here: ContractClass | undefined = cls
  for (const part of pointer.split('/').slice(1)) {
    if (found?.many && /^\d+$/.test(part)) continue
    found = here && fieldsOf(here).find(spec => spec.name === part)
    if (!found) return undefined
    here = found.nested?.()
  }
  return found
}

const KINDS: Record<FieldSpec['kind'], string> = {
  uuid: 'must be a UUID in lower case', token: 'must be a token of this service', stream: 'must be the name of a stream, category-id', code: 'must be one of the listed codes',
  name: 'must consist of letters, digits and ._:@/+-', reported: 'must be a short code of printable characters', text: 'must be a text', date: 'must be a day that exists, as YYYY-MM-DD',
  time: 'must be a time cut to its precision, as YYYY-MM, YYYY-MM-DD, YYYY-MM-DDThh, YYYY-MM-DDThh:mm or an instant with Z', timestamp: 'must be an instant in UTC, as YYYY-MM-DDThh:mm:ss.sssZ',
  count: 'must be a whole number', cents: 'must be a whole number of cents', flag: 'must be true or false', hash: 'must be 64 hexadecimal digits in lower case', nested: 'must be an object',
}

const toProblem = (cls: ContractClass, error: ErrorObject): FieldProblem => {
  const params = error.params as Record<string, unknown>
  const spec = specAt(cls, error.instancePath)
  const at = (field: string, text: string): FieldProblem => ({ field, rule: error.keyword, text })
  switch (error.keyword) {
    case 'required': return at(`${error.instancePath}/${String(params.missingProperty)}`, 'is missing: add it')
    // The name of an unknown field is the sender's own text and could carry anything: it is shortened to what field names consist of.
    case 'additionalProperties': return at(`${error.instancePath}/${safeName(String(params.additionalProperty))}`, 'is not a field of this contract: remove it or correct its name')
    case 'enum': return at(error.instancePath, `must be one of ${(params.allowedValues as string[]).slice(0, 30).join(', ')}`)
    case 'minimum': return at(error.instancePath, `must be at least ${String(params.limit)}`)
    case 'maximum': return at(error.instancePath, `must be at most ${String(params.limit)}`)
    case 'minLength': return at(error.instancePath, 'must not be empty: leave it out where there is nothing to say')
    case 'maxLength': return at(error.instancePath, `must have at most ${String(params.limit)} characters`)
    case 'maxItems': return at(error.instancePath, `must have at most ${String(params.limit)} entries`)
    default: return at(error.instancePath, !spec ? 'must be an object' : spec.many && !/\/\d+$/.test(error.instancePath) ? 'must be a list' : KINDS[spec.kind])
  }
}
const safeName = (name: string): string => /^[A-Za-z][A-Za-z0-9_]{0,39}$/.test(name) ? name : '(unreadable name)'
