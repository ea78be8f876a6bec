/** The decorated class is the only definition: what class-validator says and what the compiled schema says is the same. */
import { plainToInstance } from 'class-transformer'
import { validateSync } from 'class-validator'
import fc from 'fast-check'
import { eventRegistry, fieldsOf, problemsOf, schemaOf, type ContractClass, type FieldSpec } from '@chorus/contracts'
import { allCommands, Cents, Code, Codes, Count, Flag, Hash, List, LocalDate, LocalTime, Name, Nested, ReportedCode, ReportedCodes, StreamRef, Text, Texts, Timestamp, Token, Uuid } from '@chorus/contracts'

const SEED = 260299

class Part {
  @Count({ doc: 'n', max: 9 }) n!: number
  @Text({ doc: 't', max: 3, privacy: 'narrative', optional: true }) t?: string
}
class Everything {
  @Uuid({ doc: 'x' }) uuid!: string
  @Token({ kind: 'per', doc: 'x' }) token!: string
  @StreamRef({ doc: 'x', optional: true }) stream?: string
  @Code(['a', 'b'], { doc: 'x' }) code!: string
  @Codes(['a', 'b'], { doc: 'x', max: 3 }) codes!: string[]
  @ReportedCode({ width: 3, doc: 'x', optional: true }) reported?: string
  @ReportedCodes({ width: 1, doc: 'x', max: 3 }) reporteds!: string[]
  @Text({ max: 4, privacy: 'identifying', doc: 'x', optional: true }) text?: string
  @Texts({ max: 2, maxItems: 2, privacy: 'identifying', doc: 'x', optional: true }) texts?: string[]
  @LocalDate({ doc: 'x', optional: true }) date?: string
  @LocalTime({ doc: 'x', optional: true }) time?: string
  @Timestamp({ doc: 'x', optional: true }) stamp?: string
  @Count({ doc: 'x', optional: true, min: 1, max: 5 }) count?: number
  @Cents({ doc: 'x', optional: true }) cents?: number
  @Flag({ doc: 'x', optional: true }) flag?: boolean
  @Hash({ doc: 'x', optional: true }) hash?: string
  @Name({ doc: 'x', optional: true }) name?: string
  @Nested(() => Part, { doc: 'x', optional: true }) part?: Part
  @List(() => Part, { doc: 'x', max: 2 }) parts!: Part[]
}

const acceptedByValidator = (cls: ContractClass, value: object): boolean =>
  validateSync(plainToInstance(cls as new () => object, value), { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true }).length === 0

/** Values that fit the field, mostly, and values that do not. */
const good = (spec: FieldSpec): fc.Arbitrary<unknown> => {
  const one: fc.Arbitrary<unknown> = spec.nested ? object(spec.nested(), 0) : leaf(spec)
  return spec.many ? fc.array(one, { maxLength: Math.min(spec.max ?? 3, 4) }) : one
}
/** Made once each: fast-check tries every string that it finds dangerous on each new one, which took half of this suite's time. */
const texts = new Map<string, fc.Arbitrary<string>>()
const once = (name: string, make: () => fc.Arbitrary<string>): fc.Arbitrary<string> => {
  const made = texts.get(name) ?? make()
  texts.set(name, made)
  return made
}
const leaf = (spec: FieldSpec): fc.Arbitrary<unknown> => {
  const { schema } = spec
  if (schema.enum) return fc.constantFrom(...(schema.enum as string[]))
  if (schema.type === 'boolean') return fc.boolean()
  if (schema.type === 'integer') return fc.integer({ min: schema.minimum as number, max: Math.min(schema.maximum as number, 2 ** 31) })
  if (spec.kind === 'text') return once(`text ${String(schema.maxLength)}`, () => fc.string({ minLength: 1, maxLength: schema.maxLength as number, unit: 'grapheme-ascii' }))
  if (spec.kind === 'date') return fc.constantFrom('2026-02-28', '2024-02-29', '2000-02-29')
  if (spec.kind === 'time') return fc.constantFrom('2026-02', '2024-02-29', '2024-02-29T15', '2024-02-29T15:10', '2024-02-29T15:10:00.000Z')
  if (spec.kind === 'timestamp') return fc.constantFrom('2024-02-29T15:10:00Z', '2024-02-29T15:10:00.123456Z')
  return once(`pattern ${String(schema.pattern)}`, () => fc.stringMatching(new RegExp(schema.pattern as string)))
}
const HOSTILE: readonly unknown[] = [
  null, '', ' ', 0, -1, 1.5, 1e300, 10, true, false, [], [[]], [null], {}, [{}], '2026-02-30', '2023-02-29', '1900-02-29', '2026-13', '2026-02-01T24', '2026-02-01\n', 'a\n', '\u{1F600}\u{1F600}\u{1F600}\u{1F600}', '\u{1F600}\u{1F600}\u{1F600}\u{1F600}\u{1F600}',
  '\ud800', 'x\u0000', '❤️❤️❤️', 'per_', 'PER_0123456789012345678901', [0], ['a', 'a', 'a', 'a'], ['a', 1], { n: 1 }, { n: 1, extra: 1 }, [{ n: 1 }, { n: 99 }], [{ n: 1 }, 'x'], Number.MAX_SAFE_INTEGER + 1, Number.NaN, Number.POSITIVE_INFINITY,
]
const object = (cls: ContractClass, spoil: number): fc.Arbitrary<Record<string, unknown>> => {
  const specs = fieldsOf(cls)
  const fields = fc.record(Object.fromEntries(specs.map(spec => [spec.name, spec.optional ? fc.option(good(spec), { nil: undefined }) : good(spec)]))) as fc.Arbitrary<Record<string, unknown>>
  if (spoil === 0) return fields
  const wrong = fc.record({ at: fc.constantFrom(...specs.map(spec => spec.name), 'unknownField'), to: fc.oneof(fc.constantFrom(...HOSTILE), fc.constant(undefined), fc.jsonValue()) })
  return fc.tuple(fields, fc.array(wrong, { maxLength: spoil })).map(([value, spoils]) => {
    const spoiled = { ...value }
    for (const { at, to } of spoils) if (to === undefined) delete spoiled[at]; else spoiled[at] = to
    return spoiled
  })
}

describe('one definition', () => {
  const agree = (cls: ContractClass, numRuns: number) => fc.assert(fc.property(object(cls, 2), value => {
    const [bySchema, byValidator] = [problemsOf(cls, value).length === 0, acceptedByValidator(cls, value)]
    // asked first: an expectation that holds costs as much as both of them
    if (bySchema !== byValidator) expect({ value, accepted: bySchema }).toEqual({ value, accepted: byValidator })
  }), { seed: SEED, numRuns })

  it('every kind of field: class-validator and the compiled schema accept and refuse the same', () => agree(Everything, 3000))
  it('what is right is accepted by both', () => {
    fc.assert(fc.property(object(Everything, 0), value => {
      expect(problemsOf(Everything, value)).toEqual([])
      expect(acceptedByValidator(Everything, value)).toBe(true)
    }), { seed: SEED, numRuns: 300 })
  })
  it.each(HOSTILE.map((value, place) => [place, value] as const))('hostile value %i in each field', (_, value) => {
    const base = fc.sample(object(Everything, 0), { seed: SEED, numRuns: 1 })[0] as Record<string, unknown>
    for (const spec of fieldsOf(Everything)) {
      const spoiled = { ...base, [spec.name]: value }
      expect({ field: spec.name, accepted: problemsOf(Everything, spoiled).length === 0 }).toEqual({ field: spec.name, accepted: acceptedByValidator(Everything, spoiled) })
    }
  })
  it.each(eventRegistry.all().map(version => [`${version.type} v${version.version}`, version.cls] as const))('%s', (_, cls) => agree(cls, 60))
  it.each(allCommands().map(command => [command.type, command.cls] as const))('%s', (_, cls) => agree(cls, 60))
})

describe('the schema', () => {
  it('is closed at every level, of 2020-12, and says how each field is kept', () => {
    const schema = schemaOf(Everything) as { $schema: string; additionalProperties: boolean; required: string[]; properties: Record<string, Record<string, unknown>> }
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
    expect(schema.additionalProperties).toBe(false)
    expect(schema.properties.part).toMatchObject({ type: 'object', additionalProperties: false, required: ['n'] })
    expect(schema.properties.parts).toMatchObject({ type: 'array', maxItems: 2, items: { additionalProperties: false } })
    expect(schema.properties.text).toMatchObject({ 'x-privacy': 'identifying', 'x-sealed': true })
    expect(schema.required).toContain('uuid')
    expect(schema.required).not.toContain('text')
  })
})

describe('what it answers', () => {
  it('names the field, the rule and what to do, and never the value', () => {
    const secret = 'Nobody Fictional, 12 Nowhere Street'
    const problems = problemsOf(Everything, { uuid: secret, token: secret, code: secret, codes: [secret], reporteds: 7, parts: [{ n: secret }, { n: 1, [secret]: secret }], text: secret, count: 0 })
    expect(problems.map(problem => problem.field)).toEqual(expect.arrayContaining(['/uuid', '/token', '/code', '/codes/0', '/reporteds', '/parts/0/n', '/parts/1/(unreadable name)', '/text', '/count']))
    expect(JSON.stringify(problems)).not.toContain('Fictional')
    expect(problems.find(problem => problem.field === '/count')).toEqual({ field: '/count', rule: 'minimum', text: 'must be at least 1' })
    expect(problemsOf(Everything, {}).find(problem => problem.field === '/uuid')?.text).toBe('is missing: add it')
  })
})

describe('a field', () => {
  it('must say how confidential it is', () => {
    expect(() => { class Silent { @Text({ max: 5, doc: 'x' } as never) note!: string } return Silent }).toThrow('Silent.note does not say how confidential it is')
  })
  it('of a class that is always sealed is sealed without saying so', () => {
    expect(fieldsOf(Everything).find(spec => spec.name === 'text')?.sealed).toBe(true)
  })
})

describe('the largest report', () => {
  it('of 99 victims, offenders and arrested persons stays below what the log takes (256 KiB), sealed', () => {
    const age = { text: '2530', precision: 'range', from: 25, to: 30 }
    const token = 'per_0123456789abcdefghijkl'
    const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at + 1))
    const person = (sequence: number) => ({ token, sequence, age, sex: 'F', race: 'W', ethnicity: 'N' })
    const data = {
      incidentId: '018f0000-0000-8000-8000-000000000001', ori: 'MO0480000', reportNumber: 'FICTION-0001', dateOf: 'incident', hourReported: true, arrestMade: true,
      offenses: times(10, sequence => ({ sequence, offenseCode: '13A', attempted: false, biasCodes: ['88'], locationCode: '20', suspectedUsing: ['A', 'D'], criminalActivity: ['N'], weaponCodes: times(3, () => ({ code: '11', automatic: true })) })),
      property: times(8, lossType => ({ lossType: String(lossType), items: times(10, () => ({ code: '20', valueCents: 99999999900, recoveredOn: '2026-07-02' })), drugs: times(3, () => ({ type: 'E', quantityThousandths: 123456789123, measure: 'GM' })) })),
      victims: times(99, sequence => ({ ...person(sequence), type: 'I', residentStatus: 'R', offenseCodes: times(10, () => '13A'), circumstances: ['01', '06'], injuriesReported: true, injuries: ['B', 'I', 'L', 'O', 'U'], relationships: times(10, offenderSequence => ({ offenderSequence, code: 'BG' })) })),
      offenders: times(99, person),
      // A sealed transaction number is stored as about 130 bytes.
      arrestees: times(99, sequence => ({ ...person(sequence), transactionNumber: 'x'.repeat(40), arrestDate: '2026-07-02', type: 'O', multiple: 'N', offenseCode: '13A', armed: times(2, () => ({ code: '11', automatic: true })), residentStatus: 'R', clearedOffenseCodes: [] })),
      pairs: times(300, at => ({ token: 'pair_0123456789abcdefghijkl', victimSequence: (at % 99) + 1, offenderSequence: (at % 10) + 1, relationship: 'BG' })),
      edits: times(200, () => ({ code: '404', element: '25A', segment: '4', count: 1 })),
    }
    expect(problemsOf(eventRegistry.latest('IncidentReported').cls, data)).toEqual([])
    expect(Buffer.byteLength(JSON.stringify(data)) + 99 * 140 + 2048).toBeLessThan(256 * 1024)
  })
})
