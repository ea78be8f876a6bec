/** A YAML file of the program, held against its schema; what is wrong is said with its place. It holds no value of any record. Pure. */
import type { ErrorObject, ValidateFunction } from 'ajv'
import Ajv2020 from 'ajv/dist/2020'
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml'

/** `line`, `column`: from 1; `key`: path in the file, with slashes between; '' is the whole. */
export interface YamlProblem { readonly line: number; readonly column: number; readonly key: string; readonly text: string }
export type Path = readonly string[]
export type YamlRead = { readonly value: unknown; /** what the schema cannot say, at its place */ readonly at: (path: Path, text: string) => YamlProblem } | { readonly problems: readonly YamlProblem[] }

/** At most so many problems are named. */
const NAMED = 20

const checks = new WeakMap<object, ValidateFunction>()
/** Compiled once for each schema: that takes longer than reading a file. */
export const checkOf = (schema: object): ValidateFunction => {
  const check = checks.get(schema) ?? new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, verbose: true }).compile(schema)
  checks.set(schema, check)
  return check
}

/** The file's value, or everything that is wrong with it. `what`: what it should be, with its article: "a mapping". */
export const readYaml = (text: string, check: ValidateFunction, what: string): YamlRead => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  if (document.errors.length > 0) {
    return { problems: document.errors.slice(0, NAMED).map(({ code, linePos }) => ({ line: linePos?.[0].line ?? 1, column: linePos?.[0].col ?? 1, key: '', text: `is not readable YAML (${code.toLowerCase().replaceAll('_', ' ')}): correct the line` })) }
  }
  const at = (path: Path, problem: string): YamlProblem => ({ ...placeOf(document, lines, path), key: path.map((part) => part.slice(0, 60)).join('/'), text: problem })
  let value: unknown
  try { value = document.toJS({ maxAliasCount: 0 }) } catch { return { problems: [at([], 'uses aliases: write every field out')] } }
  if (check(value)) return { value, at }
  return { problems: (check.errors ?? []).filter(({ keyword }) => keyword !== 'propertyNames').slice(0, NAMED).map((error) => at(...problemOf(error, what))) }
}

const problemOf = ({ instancePath, keyword, params, message, propertyName, parentSchema }: ErrorObject, what: string): [Path, string] => {
  const path = instancePath.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const more = params as { additionalProperty?: string; missingProperty?: string; allowedValues?: readonly unknown[]; allowedValue?: unknown }
  const known = Object.keys((parentSchema as { properties?: object } | undefined)?.properties ?? {})
  if (keyword === 'additionalProperties') return [[...path, more.additionalProperty!], `is no key of ${what}: take it out, or look how it is spelled${known.length > 0 ? ` (known here: ${known.join(', ')})` : ''}`]
  if (keyword === 'required') return [path, `has no ${more.missingProperty}: add it`]
  if (keyword === 'enum') return [path, `must be one of ${more.allowedValues!.join(', ')}`]
  if (keyword === 'const') return [path, `must be ${String(more.allowedValue)}`]
  return [propertyName === undefined ? path : [...path, propertyName], `${message ?? 'is wrong'}: correct it`]
}

/** The place of a key or an item, or of the nearest one above it that is there. */
const placeOf = (document: Document, lines: LineCounter, path: Path): { readonly line: number; readonly column: number } => {
  let node: unknown = document.contents
  let offset = 0
  for (const part of path) {
    const found: { readonly begins: unknown; readonly node: unknown } | undefined = isMap(node)
      ? node.items.filter(({ key }) => String(isScalar(key) ? key.value : key) === part).map(({ key, value }) => ({ begins: key, node: value }))[0]
      : isSeq(node) && node.items[Number(part)] !== undefined ? { begins: node.items[Number(part)], node: node.items[Number(part)] } : undefined
    const range = (found?.begins as { range?: readonly number[] } | undefined)?.range
    if (!found || !range) break
    offset = range[0]!
    node = found.node
  }
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}
