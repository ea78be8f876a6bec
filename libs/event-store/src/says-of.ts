/**
 * Whether an event's stored text says what the store keeps beside it, read from its bytes: building the object would cost more
 * than all hashing. The text is canonical JSON: no white space, members in order. So `content` is looked for from the front,
 * the others from the back, and what is longest, `data` between them, is passed over.
 */

/** A part of some bytes. */
export interface Part { readonly bytes: Uint8Array; readonly from: number; readonly to: number }
export interface Columns<Text = Part> { readonly log: Text; readonly stream: Text; readonly revision: number; readonly id: Text; readonly type: Text; /** absent: not compared */ readonly content?: Text }

const QUOTE = 34
const COMMA = 44
const COLON = 58
const [OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN, CLOSE] = [91, 92, 93, 123, 125]
const CONTENT = Buffer.from('content')
/** From the back of the text to its front. Who hands a body without id or type to the store says nothing of them. */
const MEMBERS = [
  { name: Buffer.from('type'), key: 'type', must: false }, { name: Buffer.from('stream'), key: 'stream', must: true }, { name: Buffer.from('revision'), key: 'revision', must: true },
  { name: Buffer.from('log'), key: 'log', must: true }, { name: Buffer.from('id'), key: 'id', must: false },
] as const

export const partOf = (text: string): Part => { const bytes = Buffer.from(text); return { bytes, from: 0, to: bytes.length } }

/** False also where the text is not an object in canonical form, as far as it is looked at. */
export function saysThat(text: Uint8Array, columns: Columns): boolean {
  if (text.length < 2 || text[0] !== OPEN || text[text.length - 1] !== CLOSE) return false
  return (columns.content === undefined || contentFits(text, columns.content)) && othersFit(text, columns)
}

function contentFits(text: Uint8Array, column: Part): boolean {
  for (let at = 1; at < text.length - 1;) {
    if (text[at] !== QUOTE) return false
    const keyEnd = endOfString(text, at)
    if (text[keyEnd] !== COLON) return false
    const order = compared(text, at + 1, keyEnd - 1, CONTENT)
    if (order > 0) return true
    const end = endOfValue(text, keyEnd + 1)
    if (order === 0) return isText(text, keyEnd + 1, end, column)
    if (text[end] !== COMMA) return end === text.length - 1
    at = end + 1
  }
  return true
}

function othersFit(text: Uint8Array, columns: Columns): boolean {
  let next = 0
  /** behind the value that is looked at */
  for (let end = text.length - 1; next < MEMBERS.length;) {
    const from = startOfValue(text, end - 1)
    if (from < 4 || text[from - 1] !== COLON || text[from - 2] !== QUOTE) return false
    const keyFrom = startOfString(text, from - 2)
    if (keyFrom < 1 || text[keyFrom - 1] !== (keyFrom === 1 ? OPEN : COMMA)) return false
    let order = compared(text, keyFrom + 1, from - 2, MEMBERS[next]!.name)
    // it would have stood behind this one
    while (order < 0 && !MEMBERS[next]!.must && ++next < MEMBERS.length) order = compared(text, keyFrom + 1, from - 2, MEMBERS[next]!.name)
    if (order < 0) return next === MEMBERS.length
    if (order === 0) {
      const { key } = MEMBERS[next++]!
      if (!(key === 'revision' ? isNumber(text, from, end, columns.revision) : isText(text, from, end, columns[key]))) return false
    } else if (next > 0 && compared(text, keyFrom + 1, from - 2, MEMBERS[next - 1]!.name) === 0) return false
    if (keyFrom === 1) break
    end = keyFrom - 1
  }
  for (; next < MEMBERS.length; next++) if (MEMBERS[next]!.must) return false
  return true
}

const compared = (text: Uint8Array, from: number, to: number, name: Uint8Array): number => {
  for (let i = 0; i < name.length; i++) {
    if (from + i >= to) return -1
    const difference = text[from + i]! - name[i]!
    if (difference !== 0) return difference
  }
  return to - from - name.length
}

/** Names and ids: nothing in them to unescape. */
const isText = (text: Uint8Array, from: number, to: number, { bytes, from: start, to: end }: Part): boolean => {
  if (to - from !== end - start + 2 || text[from] !== QUOTE || text[to - 1] !== QUOTE) return false
  for (let i = start, at = from + 1; i < end; i++, at++) if (text[at] !== bytes[i]) return false
  return true
}

/** A whole number from 0 on, as JSON writes it. */
const isNumber = (text: Uint8Array, from: number, to: number, value: number): boolean => {
  let said = 0
  for (let at = from; at < to; at++) {
    const digit = text[at]! - 48
    if (digit < 0 || digit > 9) return false
    said = said * 10 + digit
  }
  return to > from && said === value && (to === from + 1 || text[from] !== 48)
}

/** Behind the closing quote of the string that opens at `at`; the text's length where it never closes. */
const endOfString = (text: Uint8Array, at: number): number => {
  for (let here = at + 1; here < text.length; here++) {
    if (text[here] === BACKSLASH) here++
    else if (text[here] === QUOTE) return here + 1
  }
  return text.length
}

/** Behind the value that begins at `at`: where the comma or bracket stands that ends it; the text's length where it never ends. */
const endOfValue = (text: Uint8Array, at: number): number => {
  let depth = 0
  for (let here = at; here < text.length; here++) {
    switch (text[here]!) {
      case QUOTE: here = endOfString(text, here) - 1; break
      case OPEN: case OPEN_LIST: depth++; break
      case CLOSE: case CLOSE_LIST: if (depth-- === 0) return here; break
      case COMMA: if (depth === 0) return here
    }
  }
  return text.length
}

/** Where the string opens that closes at `at`: the quote before it that an even number of backslashes precedes; -1 where there is none. */
const startOfString = (text: Uint8Array, at: number): number => {
  for (let here = at - 1; here >= 0; here--) {
    if (text[here] !== QUOTE) continue
    let escapes = 0
    while (text[here - 1 - escapes] === BACKSLASH) escapes++
    if (escapes % 2 === 0) return here
  }
  return -1
}

/** Where the value begins whose last byte is at `at`; -1 where it does not. */
const startOfValue = (text: Uint8Array, at: number): number => {
  let depth = 0
  for (let here = at; here > 0; here--) {
    switch (text[here]!) {
      case QUOTE:
        here = startOfString(text, here)
        if (here < 0 || depth === 0) return here
        break
      case CLOSE: case CLOSE_LIST: depth++; break
      case OPEN: case OPEN_LIST: if (--depth <= 0) return depth < 0 ? -1 : here; break
      case COLON: if (depth === 0) return here + 1
    }
  }
  return -1
}
