/**
 * Field decorators: each sets, in one place, the class-validator rules, the JSON Schema and the privacy class of a field.
 * The schema is made here and not derived from class-validator: so both sides are given the same pattern or bound
 * (fields.spec.ts holds that they accept and refuse the same inputs).
 */
import 'reflect-metadata'
import { Type } from 'class-transformer'
import { ALWAYS_SEALED, type About, type PrivacyClass } from './privacy'
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsInt, IsObject, Matches, Max, Min, ValidateBy, ValidateIf, ValidateNested } from './validators'

/** A contract class: an event version, a command body, or a part of one. */
export type ContractClass<T extends object = object> = abstract new (...args: never[]) => T
export type JsonSchema = { readonly [keyword: string]: unknown }

/** What is known of one field: everything the schema, the catalogue, the recorder and the unsealing need. */
export interface FieldSpec {
  readonly name: string
  readonly kind: 'uuid' | 'token' | 'stream' | 'code' | 'reported' | 'name' | 'text' | 'date' | 'time' | 'timestamp' | 'count' | 'cents' | 'flag' | 'hash' | 'nested'
  readonly doc: string
  readonly optional: boolean
  /** true: an array of the kind */
  readonly many: boolean
  readonly privacy: PrivacyClass
  readonly sealed: boolean
  /** name of the sibling token field whose subject's key seals this field; absent: the stream's own key */
  readonly sealedFor?: string
  /** JSON Schema of one value; empty for nested fields */
  readonly schema: JsonSchema
  readonly nested?: () => ContractClass
  readonly max?: number
  readonly openBecause?: string
  readonly about?: About
  readonly shown?: 'withNames'
  readonly of?: string
  readonly tells?: 'level'
}

export interface FieldOptions {
  /** one sentence for the catalogue */
  readonly doc: string
  readonly optional?: true
  readonly privacy?: PrivacyClass
  readonly sealed?: true
  readonly sealedFor?: string
  /** free text that is not sealed must say why nobody could ever write of a person there */
  readonly openBecause?: string
  /** whom it speaks of; every token and every sealed field of an event says it, and who sees a field goes by it */
  readonly about?: About
  /** a field in clear text that is shown only to those who see the names of whom it is about */
  readonly shown?: 'withNames'
  /** category of the stream whose id it is ('event': id of an event; 'none': of neither): shown only where that is seen, and how a history finds the streams that name its subject */
  readonly of?: string
  /** the level, or what gives it away: not shown where the basis of the case is closed to the reader */
  readonly tells?: 'level'
}

export interface TextOptions extends FieldOptions {
  readonly privacy: PrivacyClass
}

const DAY = '(?:(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8])))|(?:\\d{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)'
const INSTANT = `${DAY}T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?Z`
/** The exact texts that the contracts accept, as pattern sources (anchored, for the `u` flag). */
export const PATTERNS = {
  uuid: '^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$',
  stream: '^[a-z][A-Za-z0-9]*-[A-Za-z0-9._-]{1,120}$',
  date: `^${DAY}$`,
  /** a time cut to its precision: month, day, hour, minute (local), or an instant in UTC */
  time: `^(?:\\d{4}-(?:0[1-9]|1[0-2])|${DAY}(?:T(?:[01]\\d|2[0-3])(?::[0-5]\\d)?)?|${INSTANT})$`,
  timestamp: `^${INSTANT}$`,
  hash: '^[0-9a-f]{64}$',
  /** any text without lone surrogates and NUL: those survive neither UTF-8 nor a database */
  text: '^[^\\p{Cs}\\u0000]*$',
  name: '^[A-Za-z0-9][A-Za-z0-9._:@/+-]{0,79}$',
  terms: '^[A-Za-z0-9._:@/+<>=-]{1,80}(?:,[A-Za-z0-9._:@/+<>=-]{1,80}){0,19}$',
  token: (kind: string) => `^${kind}_[A-Za-z0-9_-]{22}$`,
  reported: (width: number) => width === 1 ? '^[!-~]$' : `^[!-~](?:[ -~]{0,${width - 2}}[!-~])?$`,
} as const

const FIELDS = new Map<object, FieldSpec[]>()

/** The fields of a contract class, in the order of their declaration, base classes first; [] where it has none. */
export const fieldsOf = (cls: ContractClass): readonly FieldSpec[] => {
  const chain: FieldSpec[][] = []
  for (let proto: object | null = cls.prototype as object; proto; proto = Object.getPrototypeOf(proto) as object | null) {
    const own = FIELDS.get(proto)
    if (own) chain.unshift(own)
  }
  return chain.flat()
}

/** The field at a JSON pointer into an event (`/data/victims/0/token`), or undefined: no such field in this class. */
export const fieldAt = (cls: ContractClass, pointer: string): FieldSpec | undefined => {
  let fields = fieldsOf(cls)
  let found: FieldSpec | undefined
  for (const name of pointer.split('/').slice(2)) {
    if (found?.many && /^\d+$/.test(name)) continue
    found = fields.find(spec => spec.name === name)
    if (!found) return undefined
    fields = found.nested ? fieldsOf(found.nested()) : []
  }
  return found
}

interface Shape { readonly kind: FieldSpec['kind']; readonly privacy?: PrivacyClass; readonly schema: JsonSchema; readonly rules: PropertyDecorator[]; readonly many?: true; readonly max?: number; readonly nested?: () => ContractClass }

/** The one place where a field is declared. */
const field = (options: FieldOptions, shape: Shape): PropertyDecorator => (target, key) => {
  const name = String(key)
  const where = `${target.constructor.name}.${name}`
  const privacy = options.privacy ?? shape.privacy
  if (!privacy) throw new Error(`${where} does not say how confidential it is: add privacy`)
  const sealed = options.sealed === true || ALWAYS_SEALED.includes(privacy)
  if (sealed && shape.kind === 'nested') throw new Error(`${where} is a nested object: seal its fields, each by itself`)
  if (options.shown && !options.about) throw new Error(`${where} is shown with names, but does not say of whom: add about`)
  if (options.of && shape.kind !== 'uuid') throw new Error(`${where} says whose id it is, but is no UUID`)
  if (options.sealedFor && !sealed) throw new Error(`${where} names sealedFor but is not sealed (privacy ${privacy})`)
  const spec: FieldSpec = {
    name, kind: shape.kind, doc: options.doc, optional: options.optional === true, many: shape.many === true, privacy, sealed, schema: shape.schema,
    ...(options.sealedFor ? { sealedFor: options.sealedFor } : {}), ...(shape.nested ? { nested: shape.nested } : {}), ...(shape.max === undefined ? {} : { max: shape.max }),
    ...(options.openBecause ? { openBecause: options.openBecause } : {}),
    ...(options.about ? { about: options.about } : {}), ...(options.shown ? { shown: options.shown } : {}), ...(options.of ? { of: options.of } : {}), ...(options.tells ? { tells: options.tells } : {}),
  }
  const own = FIELDS.get(target) ?? []
  own.push(spec)
  FIELDS.set(target, own)
  // Not IsOptional: that would let null pass, which the schema refuses.
  if (spec.optional) ValidateIf((_, value) => value !== undefined)(target, name)
  for (const rule of shape.rules) rule(target, key)
}

const each = (many: boolean) => (many ? { each: true } : {})
const list = (max: number): PropertyDecorator[] => [IsArray(), ArrayMaxSize(max)]
const patterned = (pattern: string, kind: FieldSpec['kind'], privacy: PrivacyClass | undefined, more: JsonSchema = {}): Shape =>
  ({ kind, privacy, schema: { type: 'string', pattern, ...more }, rules: [Matches(new RegExp(pattern, 'u'))] })
const many = (shape: Shape, max: number, rules: PropertyDecorator[]): Shape => ({ ...shape, many: true, max, rules: [...list(max), ...rules] })
const texts = (max: number, several: boolean): PropertyDecorator =>
  ValidateBy({ name: 'text', validator: { validate: (value: unknown) => isText(value, max), defaultMessage: () => `must be a text of 1 to ${max} characters` } }, each(several))
const TEXT = new RegExp(PATTERNS.text, 'u')
// Counted in code points, as JSON Schema counts: class-validator's MaxLength counts otherwise for emoji.
const isText = (value: unknown, max: number): boolean => typeof value === 'string' && value.length > 0 && TEXT.test(value) && [...value].length <= max

/** A UUID in lower case. */
export const Uuid = (o: FieldOptions) => field(o, patterned(PATTERNS.uuid, 'uuid', 'code', { format: 'uuid' }))
const manyPatterned = (pattern: string, kind: FieldSpec['kind'], max: number, more: JsonSchema = {}): Shape =>
  many({ kind, privacy: 'code', schema: { type: 'string', pattern, ...more }, rules: [] }, max, [Matches(new RegExp(pattern, 'u'), { each: true })])
/** At most `max` UUIDs. */
export const Uuids = (o: FieldOptions & { readonly max: number }) => field(o, manyPatterned(PATTERNS.uuid, 'uuid', o.max, { format: 'uuid' }))
/** At most `max` names of streams. */
export const StreamRefs = (o: FieldOptions & { readonly max: number }) => field(o, manyPatterned(PATTERNS.stream, 'stream', o.max))
/** A random token of ours (`per_…`, `pair_…`, `inc_…`); becomes one of the event's subjects; not part of the content fingerprint. */
export const Token = (o: FieldOptions & { readonly kind: 'per' | 'pair' | 'inc' }) => field(o, patterned(PATTERNS.token(o.kind), 'token', 'token'))
/** At most `max` of them: of a command alone, an event's subjects are named one by one. */
export const Tokens = (o: FieldOptions & { readonly kind: 'per' | 'pair' | 'inc'; readonly max: number }) => field(o, { ...manyPatterned(PATTERNS.token(o.kind), 'token', o.max), privacy: 'token' })
/** The name of a stream, `category-id`. */
export const StreamRef = (o: FieldOptions) => field(o, patterned(PATTERNS.stream, 'stream', 'code'))
/** One code of a closed list. */
export const Code = (codes: readonly string[], o: FieldOptions) => field(o, { kind: 'code', privacy: 'code', schema: { type: 'string', enum: codes }, rules: [IsIn(codes)] })
/** Several codes of a closed list, in the order given; duplicates are kept. */
export const Codes = (codes: readonly string[], o: FieldOptions & { readonly max?: number }) =>
  field(o, many({ kind: 'code', privacy: 'code', schema: { type: 'string', enum: codes }, rules: [] }, o.max ?? 100, [IsIn(codes, { each: true })]))
/** A short code as the source reported it (printable ASCII, at most `width` <= 12 characters): a wrong code is kept, the broken edit stands beside it. */
export const ReportedCode = (o: FieldOptions & { readonly width: number }) => field(o, patterned(PATTERNS.reported(o.width), 'reported', 'code'))
/** Several codes as reported. */
export const ReportedCodes = (o: FieldOptions & { readonly width: number; readonly max?: number }) => field(o, manyPatterned(PATTERNS.reported(o.width), 'reported', o.max ?? 20))
/** A name from our own code or settings (rule, cause, feed, mapping, zone): letters, digits and `._:@/+-`, at most 80. Never free text. */
export const Name = (o: FieldOptions) => field(o, patterned(PATTERNS.name, 'name', 'code'))
/** At most `max` such names. */
export const Names = (o: FieldOptions & { readonly max?: number }) => field(o, manyPatterned(PATTERNS.name, 'name', o.max ?? 100))
/** What a predicate looked at: up to 20 `name=code` pairs with commas between, codes and counts. Never free text. */
export const Terms = (o: FieldOptions) => field(o, patterned(PATTERNS.terms, 'name', 'code'))
/** Text of 1 to `max` characters (code points); it must say its privacy. */
export const Text = (o: TextOptions & { readonly max: number }) =>
  field(o, { kind: 'text', schema: { type: 'string', minLength: 1, maxLength: o.max, pattern: PATTERNS.text }, rules: [texts(o.max, false)], max: o.max })
/** At most `maxItems` texts. */
export const Texts = (o: TextOptions & { readonly max: number; readonly maxItems?: number }) =>
  field(o, many({ kind: 'text', schema: { type: 'string', minLength: 1, maxLength: o.max, pattern: PATTERNS.text }, rules: [] }, o.maxItems ?? 100, [texts(o.max, true)]))
/** A calendar day, `2026-07-02`, that exists. */
export const LocalDate = (o: FieldOptions) => field(o, patterned(PATTERNS.date, 'date', 'code', { format: 'date' }))
/** A time cut to its precision: `2026-07`, `2026-07-02`, `2026-07-02T15`, `2026-07-02T15:10` (local), or an instant. */
export const LocalTime = (o: FieldOptions) => field(o, patterned(PATTERNS.time, 'time', 'code'))
/** An instant in UTC, RFC 3339 with `Z`. */
export const Timestamp = (o: FieldOptions) => field(o, patterned(PATTERNS.timestamp, 'timestamp', 'code', { format: 'date-time' }))
/** SHA-256 or HMAC-SHA-256, lower-case hex. */
export const Hash = (o: FieldOptions) => field(o, patterned(PATTERNS.hash, 'hash', 'open'))

const whole = (kind: 'count' | 'cents', o: FieldOptions & { readonly min?: number; readonly max?: number }) => {
  const minimum = o.min ?? 0
  const maximum = o.max ?? Number.MAX_SAFE_INTEGER
  return field(o, { kind, privacy: 'code', schema: { type: 'integer', minimum, maximum }, rules: [IsInt(), Min(minimum), Max(maximum)] })
}
/** A whole number, 0 or more unless `min` says otherwise. */
export const Count = (o: FieldOptions & { readonly min?: number; readonly max?: number }) => whole('count', o)
/** Whole cents of US dollars, 0 or more unless `min` says otherwise. */
export const Cents = (o: FieldOptions & { readonly min?: number; readonly max?: number }) => whole('cents', o)
/** true or false. */
export const Flag = (o: FieldOptions) => field(o, { kind: 'flag', privacy: 'code', schema: { type: 'boolean' }, rules: [IsBoolean()] })
/** One object of another contract class. */
export const Nested = (cls: () => ContractClass, o: FieldOptions) =>
  field(o, { kind: 'nested', privacy: 'open', schema: {}, nested: cls, rules: [IsObject(), ValidateNested(), Type(cls as () => new () => object)] })
/** At most `max` objects of another contract class. */
export const List = (cls: () => ContractClass, o: FieldOptions & { readonly max: number }) =>
  field(o, { kind: 'nested', privacy: 'open', schema: {}, nested: cls, many: true, max: o.max, rules: [...list(o.max), IsObject({ each: true }), ValidateNested({ each: true }), Type(cls as () => new () => object)] })
