/** Who sees what is declared, never guessed from a name: of every category, of every field that speaks of somebody, of every id. */
import { ABOUT, ALWAYS_SEALED, CATEGORIES, LEVELS, ROLES, categoryNamed, eventRegistry, fieldsOf, type ContractClass, type FieldSpec } from '@chorus/contracts'

const events = eventRegistry.all()
interface Found { readonly where: string; readonly spec: FieldSpec; readonly categories: readonly string[] }
const below = (cls: ContractClass, where: string, categories: readonly string[]): Found[] =>
  fieldsOf(cls).flatMap(spec => [{ where: `${where}.${spec.name}`, spec, categories }, ...(spec.nested ? below(spec.nested(), `${where}.${spec.name}`, categories) : [])])
const fields = events.flatMap(({ cls, type, version, categories }) => below(cls, `${type} v${version}`, categories))
const inHistories = fields.filter(({ categories }) => categories.some(name => Object.keys(categoryNamed(name)?.sight ?? {}).length > 0))
const names = ({ where }: Found): string => where

describe('every category', () => {
  it('that an event stands in is declared, once', () => {
    const declared = CATEGORIES.map(({ name }) => name)
    expect([...new Set(events.flatMap(({ categories }) => categories))].filter(name => !declared.includes(name))).toEqual([])
    expect(declared.length).toBe(new Set(declared).size)
  })
  it('names roles that there are, or says why no history shows it', () => {
    for (const { name, sight, hiddenBecause } of CATEGORIES) {
      expect([name, Object.keys(sight).filter(role => !(ROLES as readonly string[]).includes(role))]).toEqual([name, []])
      expect([name, hiddenBecause === undefined]).toEqual([name, Object.keys(sight).length > 0])
    }
  })
  it('that a history finds by what its events name has an event that names it', () => {
    const mute = CATEGORIES.flatMap(({ name, partOf }) => Object.values(partOf).flatMap(how => typeof how === 'object' && 'names' in how ? [{ name, of: how.names }] : []))
      .filter(({ name }) => events.some(({ categories }) => categories.includes(name)))
      .filter(({ name, of }) => !fields.some(({ categories, spec }) => categories.includes(name) && spec.of === of))
    expect(mute).toEqual([])
  })
})

it('every field that tells the level of a case says so, or its event does: it is closed with the records on which the case rests', () => {
  const levels = events.flatMap(({ cls, type, version, tells }) => fieldsOf(cls).filter(spec => JSON.stringify(spec.schema.enum) === JSON.stringify(LEVELS) || spec.name === 'rank').map(spec => ({ where: `${type} v${version}.${spec.name}`, said: tells ?? spec.tells })))
  expect(levels.length).toBeGreaterThan(8)
  expect(levels.filter(({ said }) => said !== 'level')).toEqual([])
})

describe('every field of an event', () => {
  it('that is a token, or sealed, says whom it speaks of', () => {
    expect(fields.filter(({ spec }) => (spec.kind === 'token' || spec.sealed || ALWAYS_SEALED.includes(spec.privacy)) && !(ABOUT as readonly (string | undefined)[]).includes(spec.about)).map(names)).toEqual([])
  })
  it('that is free text and sealed may speak of anyone', () => {
    expect(fields.filter(({ spec }) => spec.privacy === 'narrative' && spec.about !== 'anyone').map(names)).toEqual([])
  })
  it('that is sealed for a person speaks of whom that token is about', () => {
    const wrong = events.flatMap(({ cls, type, version }) => fieldsOf(cls).filter(spec => spec.sealedFor && spec.about !== fieldsOf(cls).find(({ name }) => name === spec.sealedFor)?.about).map(spec => `${type} v${version}.${spec.name}`))
    expect(wrong).toEqual([])
  })
  it('that is an id, where a history may show it, says of what: a stream of a declared category, an event, or neither', () => {
    const known = ['event', 'none', ...CATEGORIES.map(({ name }) => name)]
    expect(inHistories.filter(({ spec }) => spec.kind === 'uuid' && !known.includes(spec.of ?? '')).map(names)).toEqual([])
  })
})
