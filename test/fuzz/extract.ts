/**
 * Mutates an extract of a records system and holds what must be true of any file and its plan: nothing throws, each row becomes
 * exactly one thing, what is refused says where and repeats nothing, what is kept of a row is read again as it was, an untouched
 * row is planned as before, and what would be recorded fits its event.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { eventRegistry, problemsOf, type DraftEvent } from '@chorus/contracts'
import type { KnownReport } from '../../apps/intake/src/feeds/mapped/compose'
import type { Mapping } from '../../apps/intake/src/feeds/mapped/mapping'
import { planRows, type PlanFacts, type PlannedRow } from '../../apps/intake/src/feeds/mapped/plan'
import { keptFormat, readRows, type Row } from '../../apps/intake/src/feeds/mapped/read-rows'
import { FIELDS } from '../../apps/intake/src/feeds/mapped/targets'
import { mappingIn } from '../../apps/intake/src/mapped-import/mapping-file'
import { CSV_MUTATIONS, LINE } from './kcpd'
import { extractBy } from './in-memory'
import { wrongValues } from './values-by-hand'
import { fuzzFeed, MUTATIONS, type FuzzFailure, type Random } from './nibrs'

type Mutation = (text: string, next: Random) => string
const of = <T>(list: readonly T[], next: Random): T => list[next(list.length)]!
const somewhere = (pattern: RegExp, change: (found: string, next: Random) => string): Mutation => (text, next) => {
  const places = [...text.matchAll(pattern)]
  const place = places[next(Math.max(1, places.length))]
  return place ? text.slice(0, place.index) + change(place[0], next) + text.slice(place.index + place[0].length) : text
}
const JSON_MUTATIONS: Readonly<Record<string, Mutation>> = {
  otherValue: somewhere(/: ?"[^"]*"/g, (_, next) => `:${of(['null', 'true', '0', '-1', '1e400', '[]', '{}', '["a"]', '[[1]]', '{"a":{"b":1}}', '""', '"\\u0000"', '"\\ud800"', '"2026-02-30"', '"__proto__"'], next)}`),
  otherName: somewhere(/"[^"]*" ?:/g, (_, next) => of(['"":', '"__proto__":', '"constructor":', '"form":', '"q":'], next)),
  doubleObject: somewhere(/\{[^{}]*\},/g, (found) => found + found),
}
/** Values that look right: a day that no month has, a time that the change of clocks left out, a number with a letter, another system's code. */
const VALUE_MUTATIONS: Readonly<Record<string, Mutation>> = {
  otherTime: somewhere(/\d{2}\/\d{2}\/\d{4} \d{2}:\d{2}|\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/g, (found, next) => {
    const american = found.includes('/')
    return american ? of(['03/08/2026 02:30', '02/30/2026 10:00', '13/01/2026 10:00', '07/02/2026 29:40', '07/02/2026 10:61', '07/02/26 10:00', '21:40', '07/02/2026'], next)
      : of(['2026-03-08T02:30', '2026-02-30T10:00', '2026-13-01T10:00', '2026-07-02T29:40', '2026-07-02 10:61', '21:40', '2026', '2026-07', '20260702'], next)
  }),
  otherNumber: somewhere(/(?<=[,;])\d{1,4}(?=[,;\n])/g, (_, next) => of(['-1', '3x', '1e3', '0x10', '12345', ' 7', '1,5', '٣'], next)),
  otherCode: somewhere(/(?<=[,;])[A-Z]{1,12}(?=[,;\n])/g, (_, next) => of(['ZZ', 'y', 'BG ', 'bg', 'QQ', '__proto__', 'constructor'], next)),
}
const ALL: Readonly<Record<string, Mutation>> = { ...MUTATIONS, ...CSV_MUTATIONS, ...JSON_MUTATIONS, ...VALUE_MUTATIONS }

const hmac = (...parts: readonly string[]): string => createHash('sha256').update(parts.join('\u0000')).digest('hex')
const uuid = (...parts: readonly string[]): string => { const hex = hmac(...parts); return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}` }
const token = (kind: string, text: string): string => `${kind}_${hmac(text).slice(0, 22)}`
const PERSON = (sequence: number): { token: string; sequence: number } => ({ token: token('per', String(sequence)), sequence })
/** Every report is known, nothing else is: as on the first day. Reports with an odd number have no second offender. */
const facts = (): PlanFacts => {
  let made = 0
  const report = (number: string): KnownReport => ({ incidentId: uuid('incident', number), status: number.length % 7 === 0 ? 'none' : 'known', victims: [PERSON(1)], offenders: [PERSON(2)].map((one) => ({ ...one, sequence: 1 })), revision: 0 })
  return {
    now: '2026-12-01T12:00:00.000Z', file: '0'.repeat(64), role: 'agencyFeed', asOf: { time: '2026-12-01T06:00', timePrecision: 'minute', timeZone: 'America/Chicago' },
    history: () => [], erased: new Set(), personOf: () => undefined, isCaseOf: () => true, spokenOf: () => ({ erased: false }), reportOf: report, caseOf: (personId) => personId.endsWith('1') ? { caseId: uuid('case', personId), subjectRef: token('per', personId) } : undefined,
    subjectOf: (personId) => token('per', personId), mayBeHeld: [], streamsOfHold: () => [], streamIdOf: (key) => uuid('stream', key), messageOf: (content) => hmac('message', content), holdIdOf: (jurisdiction, number) => uuid('hold', jurisdiction, number),
    newToken: (kind) => token(kind, `new ${made++}`), contentOf: ({ data, time }) => hmac(JSON.stringify([data, time])), idOf: (draft, place) => uuid('event', JSON.stringify(draft.sourceRecord?.id ?? ''), String(draft.sourceRecord?.version), String(place)),
    check: (_stream, drafts) => { const [first] = drafts.flatMap(problems); return first === undefined ? undefined : { cause: 'does-not-fit', text: first } },
  }
}
const problems = ({ type, data }: DraftEvent): string[] => problemsOf(eventRegistry.latest(type).cls, data).map(({ field, text }) => `${field} ${text}`)
const shape = ({ outcome, cause, field }: PlannedRow): string => JSON.stringify([outcome, cause, field])

/** What is wrong with how a mutant was read and planned; [] where nothing is. */
export const judge = async (original: string, mutant: string, mapping: Mapping): Promise<string[]> => {
  const wrong: string[] = []
  const read = await readRows(Buffer.from(mutant, 'latin1'), mapping)
  if ('refused' in read) return read.refused.length > 10 ? [] : ['a refusal that says nothing']
  const { rows } = read
  if (rows.some(({ row }, at) => row !== at + 1)) wrong.push('rows that are not numbered in their order')
  const plan = planRows(rows, mapping, facts())
  if (plan.rows.length !== rows.length || plan.rows.some(({ row }, at) => row !== rows[at]!.row)) wrong.push(`${rows.length} rows, planned ${plan.rows.length}`)
  const before = await readRows(Buffer.from(original, 'latin1'), mapping)
  const known = new Map<string, string>('rows' in before ? planRows(before.rows, mapping, facts()).rows.map((one, at) => [before.rows[at]!.content, shape(one)] as const) : [])
  const whole = new Set('rows' in before && mapping.format.type === 'csv' ? before.rows.filter(({ broken }) => !broken).map(({ content }) => content.slice(content.indexOf('\n') + 1)) : [])
  const seen = new Set<string>()
  for (const [at, planned] of plan.rows.entries()) {
    const row = rows[at]!
    const say = (what: string): void => { wrong.push(`row ${row.row}: ${what}`) }
    const recorded = planned.outcome === 'new' || planned.outcome === 'correction'
    if (!row.broken && row.content.split(LINE).slice(1, -1).some((line) => whole.has(line))) say('another row stands in it')
    if (recorded !== planned.drafts.length > 0) say(`${planned.outcome}, with ${planned.drafts.length} events`)
    if (planned.outcome === 'refused' || planned.outcome === 'waits') {
      if (!planned.cause || !planned.text) say('refused without a word')
      else if (strange(row).some((value) => planned.text!.includes(value))) say('its refusal repeats a value of it')
    }
    if (recorded) {
      if (row.broken) say('recorded, and no row')
      for (const name of FIELDS[mapping.target].required) { const { column } = mapping.fields[name]!; if (column !== undefined && !row.values[column]) say(`recorded without ${name}`) }
      // lists of JSON are no text, which this reading reads
      if (mapping.format.type === 'csv') for (const one of wrongValues(row.values, mapping, planned.drafts)) say(one)
      for (const draft of planned.drafts) for (const one of problems(draft).slice(0, 1)) say(`recorded, and does not fit its event: ${one}`)
    }
    // The first of its kind in the file: what stands before it changes nothing, unless it took its number.
    const same = known.get(row.content)
    if (same !== undefined && !seen.has(row.content) && planned.cause !== 'number-taken' && plan.rows.slice(0, at).every(({ stream }) => stream === undefined || stream !== planned.stream) && shape(planned) !== same && !alike(same, planned)) say(`untouched, and planned otherwise: ${same} became ${shape(planned)}`)
    seen.add(row.content)
    // As it is kept in quarantine it is one row again, and says the same.
    const kept = await readRows(Buffer.from(row.content, 'utf8'), { ...keptFormat(mapping), format: { ...keptFormat(mapping).format, encoding: 'utf-8' } })
    if (!row.broken && ('refused' in kept || kept.rows.length !== 1 || JSON.stringify(kept.rows[0]!.values) !== JSON.stringify(row.values))) say('as it is kept, it is another row')
  }
  return wrong
}
/** In the original it may have been a correction of a row that is gone by now. */
const alike = (same: string, { outcome }: PlannedRow): boolean => ['new', 'correction', 'duplicate'].includes(outcome) && /"(?:new|correction|duplicate)"/.test(same)
/** Values that no message says by itself: letters and digits of some length. */
const strange = ({ values }: Row): string[] => Object.values(values).filter((value) => value.length >= 6 && /\d/.test(value) && /[^\d]/.test(value))

const mappings = new Map<string, { readonly mapping: Mapping; readonly yaml: string }>()
/** The mapping that lies beside the file: as samples/extracts has them. */
export const mappingOf = (file: string): { readonly mapping: Mapping; readonly yaml: string } => {
  const path = file.replace(/\.[^.]*$/, '.map.yml')
  const found = mappings.get(path)
  if (found) return found
  if (!existsSync(path)) throw new Error(`there is no mapping beside the file: ${path}`)
  const yaml = readFileSync(path, 'utf8')
  const read = mappingIn(yaml)
  if ('problems' in read) throw new Error(`the mapping beside the file is wrong: ${read.problems[0]!.text}`)
  const both = { mapping: read.mapping, yaml }
  mappings.set(path, both)
  return both
}

export const mutantOf = (text: string, next: Random, file: string): { readonly original: string; readonly mutant: string; readonly by: readonly string[] } => {
  const own = Object.keys(mappingOf(file).mapping.format.type === 'csv' ? CSV_MUTATIONS : JSON_MUTATIONS)
  const values = Object.keys(VALUE_MUTATIONS)
  const names = [...Object.keys(MUTATIONS), ...own, ...own, ...own, ...values, ...values, ...values]
  const by = Array.from({ length: 1 + next(4) }, () => of(names, next))
  return { original: text, by, mutant: by.reduce((changed, name) => (changed === '' ? changed : ALL[name]!(changed, next)), text) }
}
/** One mutant of each seed from `seed` on; stops at the first failures (10). */
export const fuzzExtract = (text: string, seed: number, runs: number, file: string): Promise<FuzzFailure[]> => {
  const { mapping, yaml } = mappingOf(file)
  return fuzzFeed(seed, runs, (next) => mutantOf(text, next, file), (original, mutant) => judge(original, mutant, mapping), extractBy(yaml))
}
