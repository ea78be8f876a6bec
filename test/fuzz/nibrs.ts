/**
 * Mutates a NIBRS file and holds what must be true of any file: nothing throws, no line is lost or doubled, a record whose
 * lines are untouched is read as before, nothing is accepted that a second, simpler reading calls unreadable, and of the edits
 * that are judged by hand exactly those that a record breaks stand on its event. Now and then the whole way into a log.
 */
import { ARREST_EDITS, brokenByHand, INCIDENT_EDITS } from './edits-by-hand'
import { importedWhole, NIBRS, type Judge, type Way } from './in-memory'
import type { BrokenEdit, DraftEvent, RecordedEvent } from '@chorus/contracts'
import { draftsOf } from '../../apps/intake/src/feeds/nibrs/to-events'
import { checkRecord } from '../../apps/intake/src/feeds/nibrs/edits/check-record'
import { parseRecord, type Parsed } from '../../apps/intake/src/feeds/nibrs/parse-record'
import { RecordCutter, readCounts, type RawRecord } from '../../apps/intake/src/feeds/nibrs/read-records'
import type { NibrsRecord } from '../../apps/intake/src/feeds/nibrs/records'

/** Whole numbers below a bound, the same for the same seed (mulberry32). */
export type Random = (below: number) => number
export const random = (seed: number): Random => {
  let state = seed >>> 0
  return (below) => {
    state = state + 0x6d2b79f5 >>> 0
    let t = Math.imul(state ^ state >>> 15, 1 | state)
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t
    return Math.floor(((t ^ t >>> 14) >>> 0) / 4294967296 * below)
  }
}

/** One character per byte throughout. */
type Mutation = (text: string, next: Random) => string
const linesOf = (text: string): string[] => text.split('\n')
const onLines = (change: (lines: string[], at: number, next: Random) => void): Mutation => (text, next) => {
  const lines = linesOf(text)
  change(lines, next(lines.length), next)
  return lines.join('\n')
}
const noise = (length: number, next: Random): string => Array.from({ length }, () => String.fromCharCode(next(256))).join('')
const at = (text: string, next: Random): number => next(text.length + 1)

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  flipBit: (text, next) => { const i = next(text.length); return text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) ^ 1 << next(8)) + text.slice(i + 1) },
  flipBytes: (text, next) => Array.from({ length: 1 + next(20) }).reduce<string>((t) => { const i = next(t.length); return t.slice(0, i) + String.fromCharCode(next(256)) + t.slice(i + 1) }, text),
  flipInHeader: onLines((lines, i, next) => { const line = lines[i] ?? ''; const c = next(37); lines[i] = line.slice(0, c) + String.fromCharCode(32 + next(95)) + line.slice(c + 1) }),
  cutEnd: (text, next) => text.slice(0, at(text, next)),
  cutStart: (text, next) => text.slice(at(text, next)),
  cutRange: (text, next) => { const [a, b] = [at(text, next), at(text, next)].sort((x, y) => x - y); return text.slice(0, a) + text.slice(Math.min(b ?? 0, (a ?? 0) + 400)) },
  insertNoise: (text, next) => { const i = at(text, next); return text.slice(0, i) + noise(1 + next(300), next) + text.slice(i) },
  insertNewline: (text, next) => { const i = at(text, next); return `${text.slice(0, i)}\n${text.slice(i)}` },
  doubleLine: onLines((lines, i) => { lines.splice(i, 0, lines[i] ?? '') }),
  doubleBlock: onLines((lines, i, next) => { lines.splice(i, 0, ...lines.slice(i, i + 1 + next(8))) }),
  dropLine: onLines((lines, i) => { lines.splice(i, 1) }),
  swapLines: onLines((lines, i, next) => { const j = next(lines.length); const kept = lines[i] ?? ''; lines[i] = lines[j] ?? ''; lines[j] = kept }),
  moveLine: onLines((lines, i, next) => { const [line] = lines.splice(i, 1); lines.splice(next(lines.length + 1), 0, line ?? '') }),
  cutLine: onLines((lines, i, next) => { lines[i] = (lines[i] ?? '').slice(0, next(150)) }),
  trimLine: onLines((lines, i) => { lines[i] = (lines[i] ?? '').trimEnd() }),
  joinLines: onLines((lines, i) => { lines.splice(i, 2, `${lines[i] ?? ''}${lines[i + 1] ?? ''}`) }),
  garbageLine: onLines((lines, i, next) => { lines.splice(i, 0, noise(1 + next(150), next)) }),
  blankLines: onLines((lines, i, next) => { lines.splice(i, 0, ...['', '   ', '\t', '', ' \t '].slice(0, 1 + next(5))) }),
  longLine: onLines((lines, i, next) => { lines.splice(i, 0, 'x'.repeat(5000 + next(5000))) }),
  crlf: (text) => text.replaceAll('\n', '\r\n'),
  cr: (text) => text.replaceAll('\n', '\r'),
  mixedEnds: (text, next) => text.replaceAll('\n', () => ['\n', '\r\n', '\r'][next(3)] ?? '\n'),
  noFinalNewline: (text) => text.replace(/\n+$/, ''),
  utf8Mark: (text) => `\xef\xbb\xbf${text}`,
  utf16: (text, next) => `${next(2) === 0 ? '\xff\xfe' : ''}${[...text].map((c) => `${c}\0`).join('')}`,
  accents: (text, next) => { const i = at(text, next); return `${text.slice(0, i)}\xc3\xa9${text.slice(i)}` },
  nulBytes: (text, next) => { const i = at(text, next); return `${text.slice(0, i)}${'\0'.repeat(1 + next(40))}${text.slice(i)}` },
  lowerCase: onLines((lines, i) => { lines[i] = (lines[i] ?? '').toLowerCase() }),
  // What is meant to break one edit: which one was broken, the second reading says.
  breakEdit: (text, next) => breakEdit(text, next),
  breakEdits: (text, next) => Array.from({ length: 4 + next(12) }).reduce<string>((t) => breakEdit(t, next), text),
  digits: onLines((lines, i, next) => { const line = lines[i] ?? ''; const c = next(Math.max(1, line.length)); lines[i] = line.slice(0, c) + String(next(10)) + line.slice(c + 1) }),
}
const NAMES = Object.keys(MUTATIONS)
const EDITS = [...INCIDENT_EDITS, ...ARREST_EDITS]
const breakEdit: Mutation = (text, next) => {
  const lines = linesOf(text)
  const { on, breaking } = EDITS[next(EDITS.length)]!
  const places = lines.flatMap((line, i) => line.charAt(4) === on ? [i] : [])
  const place = places[next(Math.max(1, places.length))]
  if (place !== undefined) lines[place] = breaking(lines[place]!, next)
  return lines.join('\n')
}

const SPLIT = new Map<string, string[]>()
/** A few lines of the file, or up to 2,000 once in a long while. */
export const excerptOf = (text: string, next: Random, some: number, begins: (line: string) => boolean = () => true): string => {
  const lines = SPLIT.get(text) ?? linesOf(text)
  SPLIT.set(text, lines)
  const much = next(200) === 0
  let start = next(Math.max(1, lines.length - (much ? 2000 : some)))
  while (start < lines.length && !begins(lines[start]!)) start++
  return `${lines.slice(start, start + (much ? 2000 : 20 + next(some))).join('\n')}\n`
}
/** A few whole records of the file. */
export const excerpt = (text: string, next: Random): string => excerptOf(text, next, 60, (line) => line.charAt(4) === '1')

/** 1 to 4 mutations, one after the other; before them in every second file some edits are broken on purpose. */
export const mutate = (text: string, next: Random): { readonly text: string; readonly by: readonly string[] } => {
  const by = [...next(2) === 0 ? ['breakEdits'] : [], ...Array.from({ length: 1 + next(4) }, () => NAMES[next(NAMES.length)] ?? 'flipBit')]
  return { text: by.reduce((t, name) => (t === '' ? t : MUTATIONS[name]?.(t, next) ?? t), text), by }
}

/** Reads a text in chunks of changing size. */
export const readAll = (text: string, next: Random): RawRecord[] => {
  const cutter = new RecordCutter(readCounts())
  const bytes = Buffer.from(text, 'latin1')
  const records: RawRecord[] = []
  for (let i = 0; i < bytes.length;) {
    const size = 1 + next(next(3) === 0 ? 5 : 4096)
    records.push(...cutter.push(bytes.subarray(i, i + size)))
    i += size
  }
  return [...records, ...cutter.end()]
}

const isBlank = (line: string): boolean => /^[ \t\v\f]*$/.test(line)
const textOf = (raw: RawRecord): string => raw.content.map((l) => l.text).join('\n')
/** What was read, without the places in the file. */
const shape = (parsed: Parsed): string => JSON.stringify(parsed.ok ? parsed.record : [parsed.cause, parsed.column, parsed.edit], (key, value: unknown) => (key === 'line' || key === 'firstLine' ? undefined : value))

/** Why lines cannot be a record, by a reading that shares nothing with ours; null where they can. */
export const unreadable = (lines: readonly string[]): string | null => {
  for (const line of lines) {
    if (/[^\x20-\x7e]/.test(line)) return 'a byte that is no character'
    const length = Number(line.slice(0, 4))
    if (!/^\d{4}$/.test(line.slice(0, 4)) || length > line.length || line.slice(length).trim() !== '') return 'length'
    if (!'01234567'.includes(line.charAt(4)) || !'IRDAMW'.includes(line.charAt(5))) return 'level or action'
    const lengths: Readonly<Record<string, readonly number[]>> = { 0: [43], 1: [87, 88], 2: [63, 71], 3: [307], 4: [129, 141], 5: [45, 46], 6: [110], 7: [66] }
    if (line.charAt(5) !== 'D' && !lengths[line.charAt(4)]?.includes(length)) return 'version'
    if (line.slice(16, 37) !== lines[0]?.slice(16, 37) || line.slice(25, 37).trim() === '') return 'identity'
  }
  const [first = ''] = lines
  if ('IR'.includes(first.charAt(5)) && '123456'.includes(first.charAt(4))) {
    const levels = lines.map((l) => l.charAt(4))
    if (levels.filter((l) => l === '1').length !== 1) return 'administrative'
    if (!['2', '4', '5'].every((l) => levels.includes(l))) return 'mandatory levels'
    for (const [level, width] of [['4', 3], ['5', 2], ['6', 2]] as const) {
      const numbers = lines.filter((l) => l.charAt(4) === level).map((l) => l.slice(37, 37 + width))
      if (new Set(numbers).size < numbers.length || numbers.some((n) => n.trim() === '')) return 'sequence'
    }
  }
  return null
}

/** How an untouched record is read, by its text: the same record stands in hundreds of excerpts. */
const readOnce = new Map<string, string>()
/** Untouched records whose edits and events came out once: they come of what was read, and of nothing else. */
const cameOut = new Set<string>()
const asRead = (raw: RawRecord): [string, string] => {
  const text = textOf(raw)
  const known = readOnce.get(text) ?? shape(parseRecord(raw))
  readOnce.set(text, known)
  return [text, known]
}

/** What is wrong with how a mutant was read; [] where nothing is. Throws what the reader throws. */
export const judge = (original: string, mutant: string, next: Random): string[] => {
  const wrong: string[] = []
  const before = readAll(original, next)
  const after = readAll(mutant, next)
  const bare = mutant.startsWith('\xef\xbb\xbf') ? mutant.slice(3) : mutant
  const lines = bare.split(/\r\n|\n|\r/).filter((line) => !isBlank(line))
  const read = after.flatMap((raw) => raw.content.map((l) => l.text))
  if (after.reduce((n, raw) => n + raw.lines, 0) !== lines.length) wrong.push(`${lines.length} lines, read ${after.reduce((n, raw) => n + raw.lines, 0)}`)
  if (read.length !== lines.length || read.some((line, i) => line !== lines[i])) wrong.push('the lines read are not the lines of the file, in their order')

  const known = new Map(before.map(asRead))
  for (const raw of after) {
    const parsed = parseRecord(raw)
    const text = textOf(raw)
    const same = known.get(text)
    const untouched = same !== undefined && raw.file === undefined
    if (untouched && shape(parsed) !== same) wrong.push(`line ${raw.firstLine}: an untouched record is read otherwise`)
    if (!parsed.ok) {
      if (parsed.text === '' || parsed.line < 1) wrong.push(`line ${raw.firstLine}: a refusal that does not say where`)
      continue
    }
    const why = unreadable(raw.content.map((l) => l.text))
    if (why) wrong.push(`line ${raw.firstLine}: accepted, and unreadable: ${why}`)
    if (untouched && cameOut.has(text)) continue
    for (const one of wrongEdits(raw, parsed.record)) wrong.push(`line ${raw.firstLine}: ${one}`)
    if (untouched) cameOut.add(text)
  }

  // An incident whose lines stand together untouched, and with a whole record or the end behind it, must come out whole.
  const starts = new Set(before.map((raw) => raw.content[0]?.text))
  const out = new Set(after.map(textOf))
  if (after.every((raw) => raw.file === undefined)) {
    for (const raw of before) {
      const own = raw.content.map((l) => l.text)
      if (own[0]?.charAt(4) !== '1') continue
      for (let i = lines.indexOf(own[0]); i >= 0; i = lines.indexOf(own[0], i + 1)) {
        const behind = lines[i + own.length]
        const untouched = own.every((line, k) => lines[i + k] === line) && (behind === undefined || behind !== own[own.length - 1] && starts.has(behind) && behind.slice(16, 37) !== own[0].slice(16, 37))
        if (untouched && !out.has(own.join('\n'))) wrong.push(`line ${raw.firstLine} of the original: an untouched incident was not read as one`)
      }
    }
  }
  return wrong
}

/** What is wrong with the edits on the event of an accepted record; throws where no event can be made of it. */
export const wrongEdits = ({ content }: RawRecord, record: NibrsRecord): string[] => {
  let tokens = 0
  const drafts = draftsOf(record, { streamId: '00000000-0000-8000-8000-000000000000', version: 1, current: [], zone: 'UTC', newToken: (kind) => `${kind}_${String(tokens++).padStart(22, '0')}`, edits: checkRecord(record), receivedOn: '2026-08-31' })
  const byHand = brokenByHand(content.map(({ text }) => text))
  if (!byHand) return []
  return differing(byHand, drafts)
}
const differing = ({ judged, broken }: NonNullable<ReturnType<typeof brokenByHand>>, events: readonly Pick<DraftEvent, 'data'>[]): string[] => {
  const said = new Set(events.flatMap(({ data }) => ((data as { edits?: readonly BrokenEdit[] }).edits ?? []).map(({ code }) => code)))
  return judged.filter(({ code }) => broken.has(code) !== said.has(code)).map(({ code }) => `edit ${code} is ${said.has(code) ? 'on the event, and not broken' : 'broken, and not on the event'}`)
}

/** What is wrong with the edits on the events that an import of the whole file recorded: those of a record have the line on which it begins. */
export const wrongEditsInLog: Judge = (bytes, events, told) => {
  const byLine = new Map<number, RecordedEvent[]>()
  for (const event of events) if (event.sourceRecord?.row !== undefined) byLine.set(event.sourceRecord.row, [...byLine.get(event.sourceRecord.row) ?? [], event])
  const cutter = new RecordCutter(readCounts())
  const accepted = new Set(told.filter(({ outcome }) => outcome === 'accepted').map(({ line }) => line))
  return [...cutter.push(bytes), ...cutter.end()].filter((raw) => accepted.has(raw.firstLine)).flatMap((raw) => {
    const byHand = brokenByHand(raw.content.map(({ text }) => text))
    const own = (byLine.get(raw.firstLine) ?? []).filter(({ type }) => type !== 'EventRetracted')
    // of what came in pieces or was taken back, its parts may stand elsewhere
    return byHand && own.length > 0 ? differing(byHand, own).map((one) => `line ${raw.firstLine}, in the log: ${one}`) : []
  })
}

export interface FuzzFailure { readonly seed: number; readonly by: readonly string[]; readonly wrong: readonly string[]; readonly mutant: string }
/** Of so many mutants one goes the whole way into a log as well. */
export const WHOLE_WAY = 40
/** One mutant of each seed from `seed` on; stops at the first failures (10). */
export const fuzzFeed = async (seed: number, runs: number, make: (next: Random) => { readonly original: string; readonly mutant: string; readonly by: readonly string[] }, judgeOne: (original: string, mutant: string, next: Random) => string[] | Promise<string[]>, way?: Way, judgeLog?: Judge): Promise<FuzzFailure[]> => {
  const failures: FuzzFailure[] = []
  for (let one = seed; one < seed + runs && failures.length < 10; one++) {
    const next = random(one)
    const { original, mutant, by } = make(next)
    let wrong: string[]
    try {
      wrong = await judgeOne(original, mutant, next)
      if (way && one % WHOLE_WAY === 0) wrong = [...wrong, ...await importedWhole(way, Buffer.from(mutant, 'latin1'), judgeLog)]
    } catch (error) { wrong = [`threw ${error instanceof Error ? error.stack ?? error.message : String(error)}`] }
    if (wrong.length > 0) failures.push({ seed: one, by, wrong, mutant })
  }
  return failures
}

/** One mutant of each seed from `seed` on; stops at the first failures (10). */
export const mutantOf = (text: string, next: Random): { readonly original: string; readonly mutant: string; readonly by: readonly string[] } => { const original = excerpt(text, next); const { text: mutant, by } = mutate(original, next); return { original, mutant, by } }
export const fuzz = (text: string, seed: number, runs: number): Promise<FuzzFailure[]> => fuzzFeed(seed, runs, (next) => mutantOf(text, next), judge, NIBRS, wrongEditsInLog)
