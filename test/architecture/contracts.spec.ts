/** Contracts: nothing unclassified, nothing that identifies in the open, one example per version, a catalogue that is up to date. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import Ajv2020 from 'ajv/dist/2020'
import ts from 'typescript'
import { ALWAYS_SEALED, CONTEXTS, PRIVACY_CLASSES, allCommands, eventRegistry, fieldsOf, problemsOf, schemaOf, type ContractClass, type FieldSpec } from '@chorus/contracts'
import { catalogue, examplePath, written } from '../../infra/catalogue'

const root = resolve(__dirname, '../..')
const events = eventRegistry.all()
const sourceFiles = (folder: string): string[] => readdirSync(folder, { withFileTypes: true }).flatMap(entry => entry.isDirectory() ? sourceFiles(join(folder, entry.name)) : entry.name.endsWith('.ts') ? [join(folder, entry.name)] : [])

interface Found { readonly where: string; readonly spec: FieldSpec; readonly cls: ContractClass }
const fieldsBelow = (cls: ContractClass, where: string): Found[] => fieldsOf(cls).flatMap(spec => [{ where: `${where}.${spec.name}`, spec, cls }, ...(spec.nested ? fieldsBelow(spec.nested(), `${where}.${spec.name}`) : [])])
const eventFields = events.flatMap(({ cls, type, version }) => fieldsBelow(cls, `${type} v${version}`))
const allFields = [...eventFields, ...allCommands().flatMap(({ cls, type }) => fieldsBelow(cls, type))]

/** Decorators say what a field is at run time; a property that has none is seen in the source alone. */
const bareProperties = (): string[] => sourceFiles(join(root, 'libs/contracts/src')).filter(path => !path.endsWith('.spec.ts')).flatMap(path => {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest)
  return file.statements.filter(ts.isClassDeclaration).flatMap(cls => cls.members.filter(ts.isPropertyDeclaration)
    // what a class of ours keeps for itself has a value, or is private
    .filter(member => !member.initializer && !ts.getModifiers(member)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) && !ts.getDecorators(member)?.length)
    .map(member => `${basename(path)}: ${cls.name?.text}.${member.name.getText(file)}`))
})

it('every schema of an event or a command is one of JSON Schema 2020-12', () => {
  const ajv = new Ajv2020()
  const wrong = [...events, ...allCommands()].filter(({ cls }) => !ajv.validateSchema(schemaOf(cls))).map(({ type }) => type)
  expect(wrong).toEqual([])
})

describe('every field of events and commands', () => {
  it('is found', () => { expect(eventFields.length).toBeGreaterThan(100) })
  it('is declared as one: a property without a decorator would be a field that says nothing', () => { expect(bareProperties()).toEqual([]) })
  it('says how confidential it is', () => { expect(allFields.filter(({ spec }) => !PRIVACY_CLASSES.includes(spec.privacy)).map(({ where }) => where)).toEqual([]) })
  it('is sealed where its class demands it', () => { expect(allFields.filter(({ spec }) => ALWAYS_SEALED.includes(spec.privacy) && !spec.sealed).map(({ where }) => where)).toEqual([]) })
  it('is described', () => { expect(allFields.filter(({ spec }) => spec.doc.trim().length < 3).map(({ where }) => where)).toEqual([]) })
  it('of free text is sealed, or says why nobody could ever write of a person there', () => {
    expect(allFields.filter(({ spec }) => spec.kind === 'text' && !spec.sealed && !spec.openBecause).map(({ where }) => where)).toEqual([])
  })
  it('that is sealed for a person names a token beside it', () => {
    const wrong = eventFields.filter(({ spec, cls }) => {
      if (!spec.sealedFor) return false
      const owner = fieldsOf(cls).find(other => other.name === spec.sealedFor)
      // An optional token may be absent while the field is there: then nobody's key would seal it.
      return owner?.kind !== 'token' || owner.many || (owner.optional && !spec.optional)
    })
    expect(wrong.map(({ where }) => where)).toEqual([])
  })
})

describe('every event', () => {
  it('has a context, categories and a classification that all events of its categories share', () => {
    const shared = new Map<string, string>()
    for (const { type, categories, classification, context } of events) {
      expect([...CONTEXTS, 'none']).toContain(context)
      expect(categories.length).toBeGreaterThan(0)
      for (const category of categories) {
        expect(category).toMatch(/^[a-z][A-Za-z0-9]*$/)
        expect(`${category} ${type}: ${shared.get(category) ?? classification}`).toBe(`${category} ${type}: ${classification}`)
        shared.set(category, classification)
      }
    }
  })
  it('without a context has nothing that would need one: no token, nothing sealed', () => {
    const open = events.filter(({ context }) => context === 'none').flatMap(({ cls, type, version }) => fieldsBelow(cls, `${type} v${version}`))
    expect(open.filter(({ spec }) => spec.kind === 'token' || spec.sealed).map(({ where }) => where)).toEqual([])
  })
  it("never carries the survivors' tenant's classification: that never enters the City's log", () => { expect(events.filter(({ classification }) => classification === 'VSP_CONF')).toEqual([]) })
  it('has an upcaster from each older version', () => {
    for (const { type, version, cls } of events) {
      if (eventRegistry.latest(type).version === version) continue
      const example = JSON.parse(readFileSync(examplePath({ type, version }), 'utf8')) as { data: Record<string, unknown> }
      const led = eventRegistry.upcast(type, version, example.data)
      expect(problemsOf(eventRegistry.get(type, led.version).cls, led.data)).toEqual([])
      // The old values may all be erased by the time they are read.
      const erased = Object.fromEntries(Object.entries(example.data).map(([name, value]) => [name, fieldsOf(cls).find(spec => spec.name === name)?.sealed ? { $erased: true } : value]))
      expect(() => eventRegistry.upcast(type, version, erased)).not.toThrow()
    }
  })
  it.each(events.map(version => [`${version.type} v${version.version}`, version] as const))('%s has an example that fits, and is fictional', (_, version) => {
    expect(existsSync(examplePath(version))).toBe(true)
    const example = JSON.parse(readFileSync(examplePath(version), 'utf8')) as { type: string; schemaVersion: number; data: unknown }
    expect(example).toMatchObject({ type: version.type, schemaVersion: version.version })
    expect(problemsOf(version.cls, example.data)).toEqual([])
    expect(schemaOf(version.cls)).toMatchObject({ additionalProperties: false })
  })
  it('is the only owner of its example', () => {
    const known = new Set(events.map(version => examplePath(version)))
    expect(readdirSync(join(root, 'libs/contracts/examples')).map(name => join(root, 'libs/contracts/examples', name)).filter(path => !known.has(path))).toEqual([])
  })
  it('is exported: a class declared in libs/contracts is in the registry', () => {
    const declared = sourceFiles(join(root, 'libs/contracts/src')).filter(path => !path.endsWith('.spec.ts')).flatMap(path => [...readFileSync(path, 'utf8').matchAll(/@Event\(\{[\s\S]*?\}\)\s*export class (\w+)/g)].map(match => match[1]))
    expect(declared.length).toBeGreaterThanOrEqual(events.length)
    expect(declared.filter(name => !events.some(({ cls }) => cls.name === name))).toEqual([])
  })
})

describe('every command', () => {
  it('names the roles that may send it', () => { for (const { roles } of allCommands()) expect(roles.length).toBeGreaterThan(0) })
})

describe('the catalogue', () => {
  it('is what the contracts say now: run "npm run catalogue" and commit docs/events', () => { expect(Object.fromEntries(written())).toEqual(Object.fromEntries(catalogue())) })
  it('holds every event type', () => {
    const index = written().get('README.md') ?? ''
    for (const { type, version } of events) expect(index).toContain(`[${type} v${version}]`)
  })
})
