/**
 * The members of an event's stored text that the store set or indexes, read without building the whole object: that would
 * cost more than all hashing. The text is canonical JSON: no white space, keys as they are.
 */
export interface TopMembers { readonly id?: string; readonly log?: string; readonly revision?: number; readonly stream?: string; readonly type?: string }

const QUOTE = 34
const COMMA = 44
const COLON = 58
const [OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN, CLOSE] = [91, 92, 93, 123, 125]
const WANTED = ['id', 'log', 'type', 'stream', 'revision'] as const

/** undefined where the text is not an object in canonical form. Only the outermost members count. */
export const topMembers = (text: string): TopMembers | undefined => {
  if (text.charCodeAt(0) !== OPEN) return undefined
  const found: { [K in typeof WANTED[number]]?: unknown } = {}
  for (let at = 1; at < text.length;) {
    if (text.charCodeAt(at) !== QUOTE) return text === '{}' ? found as TopMembers : undefined
    const keyEnd = endOfString(text, at)
    if (text.charCodeAt(keyEnd) !== COLON) return undefined
    const end = endOfValue(text, keyEnd + 1)
    const key = wanted(text, at + 1, keyEnd - 1)
    if (key !== undefined) {
      // the last one of two members with one name would count for whoever parses it: canonical JSON has no two
      if (key in found) return undefined
      const value = plainValue(text, keyEnd + 1, end)
      if (value === undefined) return undefined
      found[key] = value
    }
    const next = text.charCodeAt(end)
    if (next === CLOSE) return end === text.length - 1 ? found as TopMembers : undefined
    if (next !== COMMA) return undefined
    at = end + 1
  }
  return undefined
}

/** Which of the wanted keys stands there: no key is cut out to be compared. */
const wanted = (text: string, from: number, to: number): typeof WANTED[number] | undefined => {
  for (const key of WANTED) if (key.length === to - from && text.startsWith(key, from)) return key
  return undefined
}

const plainValue = (text: string, from: number, to: number): unknown => {
  const said = text.slice(from, to)
  // names and ids: nothing in them to unescape
  if (said.charCodeAt(0) === QUOTE && !said.includes('\\')) return said.slice(1, -1)
  try { return JSON.parse(said) as unknown } catch { return undefined }
}

/** Behind the closing quote of the string that opens at `at`; the text's length where it never closes. */
const endOfString = (text: string, at: number): number => {
  for (let end = text.indexOf('"', at + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++
    if (escapes % 2 === 0) return end + 1
  }
  return text.length
}

/** Behind the value that begins at `at`: where the comma or bracket stands that ends it; the text's length where it never ends. */
const endOfValue = (text: string, at: number): number => {
  let depth = 0
  for (let here = at; here < text.length; here++) {
    switch (text.charCodeAt(here)) {
      case QUOTE: here = endOfString(text, here) - 1; break
      case OPEN: case OPEN_LIST: depth++; break
      case CLOSE: case CLOSE_LIST: if (depth-- === 0) return here; break
      case COMMA: if (depth === 0) return here
    }
  }
  return text.length
}
