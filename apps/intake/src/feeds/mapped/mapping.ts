/**
 * A mapping file: which column of a records system's extract gives which field of a target. Versioned YAML, held against
 * its schema; what is wrong is said with its line. It is data of the program and holds no value of any record.
 */
import { IANAZone } from 'luxon'
import { checkOf, readYaml, type YamlProblem } from '@chorus/policy'
import { codesOf, FIELDS, inWords, isList, kindOf, type TargetName } from './targets'

export interface FieldMapping {
  /** heading of the column, or path in the object of a JSON row (`person.name`) */
  readonly column?: string
  /** the source's code to ours; a code that does not stand here is refused, never guessed */
  readonly codes?: Readonly<Record<string, string | boolean>>
  /** how a date or time is written (Luxon's letters), or `iso` */
  readonly format?: string
  readonly split?: string
  readonly required?: boolean
  /** the same for every row, in place of a column */
  readonly value?: string | boolean
}
export interface Mapping {
  readonly mapping: string
  readonly version: number
  readonly target: TargetName
  readonly source: { readonly agency: string; readonly system: string }
  /** where the reports come from that a row names; absent: from the same system */
  readonly reports?: { readonly agency: string; readonly system: string }
  /** the system whose numbers its persons have; absent: its own. Two feeds with the same numbers lead to the same person. */
  readonly persons?: string
  readonly format: { readonly type: 'csv' | 'json'; readonly delimiter?: string; readonly encoding?: 'utf-8' | 'latin1'; /** path to the list of rows; absent: the file is the list */ readonly rows?: string }
  readonly zone: string
  readonly snapshot?: { readonly full: boolean; readonly facility: string; readonly jurisdiction: string; /** which column says of what moment the roster is, the same in each row; absent: of the moment at which it comes */ readonly asOf?: { readonly column: string; readonly format: string } }
  readonly fields: Readonly<Record<string, FieldMapping>>
}
export type MappingProblem = YamlProblem

export const MAX_MAPPING_BYTES = 64 * 1024
export const nameOf = ({ mapping, version }: Pick<Mapping, 'mapping' | 'version'>): string => `${mapping}@${version}`
export const feedOf = ({ source }: Mapping): string => `extract/${source.system}`
export const isExtract = (feed: string): boolean => feed.startsWith('extract/')

/** The mapping, or everything that is wrong with it. `schema`: apps/intake/policies/mapping.schema.json. */
export const readMapping = (text: string, schema: object): { readonly mapping: Mapping } | { readonly problems: readonly MappingProblem[] } => {
  if (Buffer.byteLength(text) > MAX_MAPPING_BYTES) return { problems: [{ line: 1, column: 1, key: '', text: `a mapping has at most ${MAX_MAPPING_BYTES} bytes: this is another file` }] }
  const read = readYaml(text, checkOf(schema), 'a mapping')
  if ('problems' in read) return read
  const mapping = read.value as Mapping
  const problems = [...wrongIn(mapping)].map(({ path, text: said }) => read.at(path, said))
  return problems.length > 0 ? { problems } : { mapping }
}

function* wrongIn(mapping: Mapping): Generator<{ path: readonly string[]; text: string }> {
  const { target, fields, zone, snapshot } = mapping
  if (!IANAZone.isValidZone(zone)) yield { path: ['zone'], text: 'is no IANA time zone: write for example America/Chicago' }
  if (target === 'jail-roster' && !snapshot) yield { path: ['target'], text: 'jail-roster needs snapshot: say which facility and jurisdiction it is of, and whether it is full (who is not on it has left)' }
  if (target !== 'jail-roster' && snapshot) yield { path: ['snapshot'], text: 'belongs to a jail-roster alone: take it out' }
  if (snapshot?.asOf && snapshot.asOf.format !== 'iso' && !/y/.test(snapshot.asOf.format)) yield { path: ['snapshot', 'asOf', 'format'], text: 'names no year: nothing is guessed' }
  for (const needed of FIELDS[target].required) if (!fields[needed]) yield { path: ['fields'], text: `${target} needs the field ${needed}: say which column gives it` }
  for (const [name, { column, codes, format, split, value }] of Object.entries(fields)) {
    const path = ['fields', name]
    const kind = kindOf(target, name)
    if (kind === undefined) { yield { path, text: `${target} has no such field: it has ${Object.keys(FIELDS[target].fields).join(', ')}` }; continue }
    if ((column === undefined) === (value === undefined)) yield { path, text: 'has a column, or a value that is the same for every row: one of the two' }
    const closed = codesOf(kind)
    const dated = kind === 'day' || kind === 'time' || kind === 'instant'
    if (dated && format === undefined) yield { path, text: 'is a date or time: say its format, for example format: "MM/dd/yyyy HH:mm", or format: iso' }
    if (dated && format !== undefined && format !== 'iso' && !/y/.test(format)) yield { path: [...path, 'format'], text: 'names no year: nothing is guessed' }
    if (dated && value !== undefined) yield { path: [...path, 'value'], text: 'a date or time is each row\'s own: name its column' }
    if (!dated && format !== undefined) yield { path: [...path, 'format'], text: 'belongs to dates and times: take it out' }
    if (!isList(kind) && split !== undefined) yield { path: [...path, 'split'], text: 'belongs to lists of codes: take it out' }
    if (kind === 'flag' && !codes && value === undefined) yield { path, text: 'is yes or no: say with codes what stands for true and what for false' }
    for (const [code, ours] of [...Object.entries(codes ?? {}), ...(value === undefined ? [] : [['value', value] as const])]) {
      if (kind === 'flag' ? typeof ours !== 'boolean' : typeof ours !== 'string') yield { path: code === 'value' ? [...path, 'value'] : [...path, 'codes', code], text: kind === 'flag' ? 'must be true or false' : 'must be a text: put it in quotes' }
      else if (closed && !closed.includes(String(ours))) yield { path: code === 'value' ? [...path, 'value'] : [...path, 'codes', code], text: `must lead to one of ${inWords(closed)}` }
    }
  }
}
