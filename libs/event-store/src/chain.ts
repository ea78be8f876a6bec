/**
 * The text that is stored and the chain over it.
 * text = RFC 8785 canonical JSON of body + log, stream, revision · leaf = SHA-256(text)
 * link = SHA-256(previous link | ordinal | recorded time | leaf) · genesis link = SHA-256('chorus-log|' + log id)
 * WHEN CHANGING: every log ever written verifies against these four lines. They never change.
 */
import { createHash, hash as nodeHash } from 'node:crypto'

/** SHA-256 of a text's UTF-8 bytes, lower-case hex. */
export const sha256: (text: string) => string = typeof nodeHash === 'function'
  ? (text) => nodeHash('sha256', text, 'hex')
  : (text) => createHash('sha256').update(text).digest('hex')

/** The link before the first event of a log. */
export const genesisLink = (log: string): string => sha256(`chorus-log|${log}`)

/** The leaf of an event: SHA-256 of its stored text. */
export const leafOf = (text: string): string => sha256(text)

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
export function canonicalJson(value: unknown): string { return write(value, '') }

function write(value: unknown, pointer: string): string {
  switch (typeof value) {
    case 'string': return quote(value, pointer)
    case 'number':
      if (!Number.isFinite(value)) throw new NotCanonical(pointer, 'a number that is not finite')
      return String(value)
    case 'boolean': return value ? 'true' : 'false'
    case 'object': return value === null ? 'null' : Array.isArray(value) ? writeArray(value, pointer) : writeObject(value, pointer)
    default: throw new NotCanonical(pointer, `a value of type ${typeof value}`)
  }
}

function writeArray(items: readonly unknown[], pointer: string): string {
  let out = '['
  for (let i = 0; i < items.length; i++) out += (i === 0 ? '' : ',') + write(items[i], `${pointer}/${i}`)
  return out + ']'
}

function writeObject(object: object, pointer: string): string {
  const members = membersOf(object, pointer)
  let out = '{'
  for (const key of Object.keys(members).sort()) {
    if (members[key] === undefined) continue
    out += (out === '{' ? '' : ',') + quote(key, pointer) + ':' + write(members[key], `${pointer}/${key}`)
  }
  return out + '}'
}

function membersOf(object: object, pointer: string): Record<string, unknown> {
  const members = object as Record<string, unknown>
  if (typeof members.toJSON === 'function' || object instanceof Map || object instanceof Set || ArrayBuffer.isView(object)) {
    throw new NotCanonical(pointer, 'an object that JSON does not bring back; write it as text first')
  }
  return members
}

function quote(text: string, pointer: string): string {
  const quoted = JSON.stringify(text)
  // JSON.stringify writes a lone surrogate as \ud…; the same characters may also be an escaped backslash before "ud"
  if (quoted.includes('\\ud') && !/^(?:[^\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff])*$/.test(text)) {
    throw new NotCanonical(pointer, 'text that is not well-formed Unicode (a lone surrogate)')
  }
  return quoted
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
  const members = membersOf(body, '')
  for (const key of PLACED) if (members[key] !== undefined) throw new NotCanonical(`/${key}`, 'a member that only the store may set')
  const own = Object.keys(members).filter((key) => members[key] !== undefined && !PLACED.includes(key as typeof PLACED[number]))
  let before = '{'
  let after = ''
  let placed = false
  for (const key of [...own, ...PLACED].sort()) {
    const comma = before === '{' ? '' : ','
    if (key === 'revision') { before += `${comma}"revision":`; placed = true; continue }
    const value = key === 'log' ? log : key === 'stream' ? stream : members[key]
    const member = `${comma}${quote(key, '')}:${write(value, `/${key}`)}`
    if (placed) after += member
    else before += member
  }
  return { before, after: after + '}' }
}

/** The stored text at this revision. */
export const placedText = (text: UnplacedText, revision: number): string => text.before + revision + text.after
