/**
 * The text that is stored and the chain over it.
 * text = RFC 8785 canonical JSON of body + log, stream, revision · leaf = SHA-256(text)
 * link = SHA-256(previous link | ordinal | recorded time | leaf) · genesis link = SHA-256('chorus-log|' + log id)
 * WHEN CHANGING: every log ever written verifies against these four lines. They never change.
 */
import { createHash, hash as nodeHash } from 'node:crypto'

/** SHA-256 of bytes, or of a text's UTF-8 bytes, lower-case hex. */
export const sha256: (text: string | Uint8Array) => string = typeof nodeHash === 'function'
  ? (text) => nodeHash('sha256', text, 'hex')
  : (text) => createHash('sha256').update(text).digest('hex')

/** The link before the first event of a log. */
export const genesisLink = (log: string): string => sha256(`chorus-log|${log}`)

/** The leaf of an event: SHA-256 of its stored text. */
export const leafOf = (text: string | Uint8Array): string => sha256(text)

/** The link of an event, from the link before it. `recordedtime` is the store's text with microseconds. */
export const linkOf = (previous: string, ordinal: number, recordedtime: string, leaf: string): string =>
  sha256(`${previous}|${ordinal}|${recordedtime}|${leaf}`)

/** Where a value cannot be written as canonical JSON; `pointer` is the JSON pointer of the place, the value is never named. */
export class NotCanonical extends Error {
  constructor(readonly pointer: string, readonly what: string) { super(`${pointer || '/'}: ${what}`); this.name = 'NotCanonical' }
}

/**
 * RFC 8785 canonical JSON. Members that are undefined are left out. Throws NotCanonical for what JSON cannot carry
 * and bring back unchanged: numbers that are not finite, bigint, functions, dates, holes in arrays, lone surrogates.
 */
export function canonicalJson(value: unknown): string { return write(value, [], 0) }

/** Where the writer is: one key for each level. Written over on the way; read only to say where a fault lies. */
type Path = (string | number)[]

const pointerOf = (path: Path, depth: number): string => path.slice(0, depth).map((key) => `/${key}`).join('')

function write(value: unknown, path: Path, depth: number): string {
  switch (typeof value) {
    case 'string': return quote(value, path, depth)
    case 'number':
      if (!Number.isFinite(value)) throw new NotCanonical(pointerOf(path, depth), 'a number that is not finite')
      return String(value)
    case 'boolean': return value ? 'true' : 'false'
    case 'object': return value === null ? 'null' : Array.isArray(value) ? writeArray(value, path, depth) : writeObject(value, path, depth)
    default: throw new NotCanonical(pointerOf(path, depth), `a value of type ${typeof value}`)
  }
}

function writeArray(items: readonly unknown[], path: Path, depth: number): string {
  let out = '['
  for (let i = 0; i < items.length; i++) {
    path[depth] = i
    out += (i === 0 ? '' : ',') + write(items[i], path, depth + 1)
  }
  return out + ']'
}

function writeObject(object: object, path: Path, depth: number): string {
  const members = membersOf(object, path, depth)
  let out = '{'
  for (const key of sortedKeys(members)) {
    const value = members[key]
    if (value === undefined) continue
    path[depth] = key
    out += (out === '{' ? '' : ',') + quote(key, path, depth) + ':' + write(value, path, depth + 1)
  }
  return out + '}'
}

function sortedKeys(members: object): string[] {
  const keys = Object.keys(members)
  for (let i = 1; i < keys.length; i++) if (keys[i]! < keys[i - 1]!) return keys.sort()
  return keys
}

function membersOf(object: object, path: Path, depth: number): Record<string, unknown> {
  const members = object as Record<string, unknown>
  if (Object.getPrototypeOf(object) === Object.prototype && typeof members.toJSON !== 'function') return members
  if (typeof members.toJSON === 'function' || object instanceof Map || object instanceof Set || ArrayBuffer.isView(object)) {
    throw new NotCanonical(pointerOf(path, depth), 'an object that JSON does not bring back; write it as text first')
  }
  return members
}

/** In node since 20, in TypeScript's libraries later. */
type WellFormed = string & { isWellFormed(): boolean }

/** Nothing to escape, and no surrogate that might stand alone. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\ud7ff\ue000-\uffff]*$/

function quote(text: string, path: Path, depth: number): string {
  if (PLAIN.test(text)) return `"${text}"`
  if (!(text as WellFormed).isWellFormed()) {
    throw new NotCanonical(pointerOf(path, depth), 'text that is not well-formed Unicode (a lone surrogate)')
  }
  return JSON.stringify(text)
}

/** The stored text of an event but for its revision: text(revision) = before + revision + after. */
export interface UnplacedText { readonly before: string; readonly after: string }

/** Members that the store adds to the body. */
const PLACED = ['log', 'revision', 'stream'] as const

/**
 * Canonical text of {body, log, stream, revision} with the revision left open: the canonicalisation is then done
 * once, outside the transaction that decides the revision. Throws NotCanonical.
 */
export function unplacedText(body: Readonly<Record<string, unknown>>, log: string, stream: string): UnplacedText {
  const members = membersOf(body, [], 0)
  for (const key of PLACED) if (members[key] !== undefined) throw new NotCanonical(`/${key}`, 'a member that only the store may set')
  const own = Object.keys(members).filter((key) => members[key] !== undefined && !PLACED.includes(key as typeof PLACED[number]))
  let before = '{'
  let after = ''
  let placed = false
  for (const key of [...own, ...PLACED].sort()) {
    const comma = before === '{' ? '' : ','
    if (key === 'revision') { before += `${comma}"revision":`; placed = true; continue }
    const value = key === 'log' ? log : key === 'stream' ? stream : members[key]
    const member = `${comma}${quote(key, [key], 1)}:${write(value, [key], 1)}`
    if (placed) after += member
    else before += member
  }
  return { before, after: after + '}' }
}

/** The stored text at this revision. */
export const placedText = (text: UnplacedText, revision: number): string => text.before + revision + text.after
