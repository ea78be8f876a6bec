/**
 * Writes the event catalogue, docs/events, from the contracts and their examples. `npm run catalogue`; a catalogue that
 * is not what this writes fails the architecture test.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { CATEGORIES, OPENS, categoryNamed, eventRegistry, fieldsOf, type Category, type ContractClass, type EventVersion, type FieldSpec } from '@chorus/contracts'

const root = resolve(__dirname, '..')
export const catalogueFolder = join(root, 'docs', 'events')
export const examplePath = ({ type, version }: { readonly type: string; readonly version: number }): string => join(root, 'libs', 'contracts', 'examples', `${type}.v${version}.json`)

interface Row { readonly path: string; readonly spec: FieldSpec }
/** All fields, nested ones after their parent, with the path as a reader writes it: victims[].age.from */
const rowsOf = (cls: ContractClass, before = ''): Row[] => fieldsOf(cls).flatMap(spec => {
  const path = `${before}${spec.name}${spec.many ? '[]' : ''}`
  return [{ path, spec }, ...(spec.nested ? rowsOf(spec.nested(), `${path}.`) : [])]
})

const SHAPES: Record<FieldSpec['kind'], string> = {
  uuid: 'UUID', token: 'token', stream: 'stream name', code: 'code', reported: 'code as reported', name: 'name', text: 'text', date: 'day', time: 'time, cut to its precision', timestamp: 'instant', count: 'whole number', cents: 'cents', flag: 'true or false', hash: 'fingerprint', nested: 'object',
}
const shapeOf = (spec: FieldSpec): string => {
  const codes = spec.schema.enum as string[] | undefined
  const one = codes ? codes.map(code => `\`${code}\``).join(' ') : SHAPES[spec.kind]
  return spec.many ? `list of ${one}, at most ${spec.max ?? 'any number'}` : one
}
const keptAs = (spec: FieldSpec): string => spec.sealed ? `${spec.privacy}, **sealed**${spec.sealedFor ? ` for \`${spec.sealedFor}\`` : ''}` : spec.privacy

const aboutOf = ({ about, shown, of, kind, nested }: FieldSpec): string => {
  const who = about ? `${about}${shown ? ', shown with names alone' : ''}` : ''
  const whose = kind === 'stream' ? 'where that stream is seen' : of === 'event' ? 'where that event is seen' : of && of !== 'none' ? `where \`${of}\` is seen` : ''
  return nested ? '' : [who, whose].filter(Boolean).join('; ')
}
const sightOf = ({ sight, hiddenBecause }: Category): string => hiddenBecause ? `nobody: ${hiddenBecause}` : Object.entries(sight).map(([role, how]) => `${role} (${how})`).join(', ')

const pageOf = (version: EventVersion): string => {
  const rows = rowsOf(version.cls)
  const sealed = rows.filter(({ spec }) => spec.sealed)
  const kept = rows.filter(({ spec }) => !spec.sealed && !spec.nested)
  const openTexts = kept.filter(({ spec }) => spec.openBecause)
  return [
    `# ${version.type}, version ${version.version}`, '', version.summary, '',
    '| | |', '|---|---|',
    `| streams | ${version.categories.map(category => `\`${category}-…\``).join(', ')} |`,
    `| written by | ${version.producer} |`,
    `| read by | ${version.consumers.join(', ') || 'nobody yet'} |`,
    `| classification | ${version.classification} |`,
    `| tokens and keys of | ${version.context === 'none' ? 'nobody: it speaks of no person' : `the ${version.context} context`} |`,
    `| in a history seen by | ${version.categories.map(name => sightOf(categoryNamed(name)!)).filter((text, index, all) => all.indexOf(text) === index).map(cell).join('; ')} |`,
    `| \`time\` means | ${version.time} |`, '',
    '## Fields', '', '| field | what it is | shape | kept as | about, and shown |', '|---|---|---|---|---|',
    ...rows.map(({ path, spec }) => `| \`${path}\`${spec.optional ? ' (optional)' : ''} | ${cell(spec.doc)} | ${cell(shapeOf(spec))} | ${spec.nested ? '' : keptAs(spec)} | ${aboutOf(spec)} |`), '',
    'In the envelope `sourceRecord.id` and `timeText` are sealed as well, for the stream.', '',
    '## What survives an erasure', '',
    sealed.length === 0 ? 'Nothing in the data is sealed: all of it survives.' : `Erasing destroys the key of ${sealed.map(({ path }) => `\`${path}\``).join(', ')}. All else is never sealed and survives, and so do the figures that rest on it: ${kept.map(({ path }) => `\`${path}\``).join(', ')}.`, '',
    ...(openTexts.length === 0 ? [] : [...openTexts.map(({ path, spec }) => `\`${path}\` is free text in the open: ${spec.openBecause}.`), '']),
    '## Example', '', '```json', readFileSync(examplePath(version), 'utf8').trimEnd(), '```', '',
  ].join('\n')
}
const cell = (text: string): string => text.replaceAll('|', '\\|')
const fileOf = ({ type, version }: EventVersion): string => `${type}.v${version}.md`

const indexPage = (versions: readonly EventVersion[]): string => [
  '# Events', '',
  'Written by `npm run catalogue` from `libs/contracts`; do not edit. One page per version of an event: its fields, how confidential each is, what is sealed, what survives an erasure, an example.', '',
  '| event | streams | written by | read by | classification | sealed fields | |', '|---|---|---|---|---|---|---|',
  ...versions.map(version => `| [${version.type} v${version.version}](${fileOf(version)}) | ${version.categories.join(', ')} | ${version.producer} | ${version.consumers.join(', ')} | ${version.classification} | ${rowsOf(version.cls).filter(({ spec }) => spec.sealed).length} | ${cell(version.summary)} |`), '',
  '## Who sees what in a history', '',
  `A role that is not named does not see that the stream is there. codes: what is kept in clear text, without what is shown with names alone; names: also what is sealed and about ${OPENS.names.join(' or ')}; both: all of it. Ids and names of streams that a role does not see are left out for it.`, '',
  '| streams | what one is | seen by | part of the history of |', '|---|---|---|---|',
  ...CATEGORIES.map(category => `| ${category.name} | ${cell(category.what)} | ${cell(sightOf(category))} | ${Object.keys(category.partOf).join(', ')} |`), '',
].join('\n')

/** The catalogue: file name -> text. */
export const catalogue = (): ReadonlyMap<string, string> => {
  const versions = eventRegistry.all()
  return new Map([['README.md', indexPage(versions)], ...versions.map(version => [fileOf(version), pageOf(version)] as const)])
}

/** What lies in docs/events now: file name -> text. */
export const written = (): ReadonlyMap<string, string> => {
  try { return new Map(readdirSync(catalogueFolder).filter(name => name.endsWith('.md')).map(name => [name, readFileSync(join(catalogueFolder, name), 'utf8')])) } catch { return new Map() }
}

if (require.main === module) {
  const pages = catalogue()
  mkdirSync(catalogueFolder, { recursive: true })
  for (const name of written().keys()) if (!pages.has(name)) rmSync(join(catalogueFolder, name))
  for (const [name, text] of pages) writeFileSync(join(catalogueFolder, name), text)
  process.stdout.write(`docs/events: ${pages.size - 1} event versions\n`)
}
