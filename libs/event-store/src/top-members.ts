/**
 * The members of an event's stored text that the store set or indexes, read without building the whole object: that would
 * cost more than all hashing. The text is canonical JSON: no white space, keys as they are.
 */
export interface TopMembers { readonly id?: string; readonly log?: string; readonly revision?: number; readonly stream?: string; readonly type?: string }

const QUOTE = 34
const BACKSLASH = 92
const COMMA = 44
const WANTED = new Set(['id', 'log', 'revision', 'stream', 'type'])

/** undefined where the text is not an object in canonical form. Only the outermost members count. */
export const topMembers = (text: string): TopMembers | undefined => {
  if (text.charCodeAt(0) !== 123) return undefined
  const found: Record<string, unknown> = {}
  for (let at = 1; at < text.length;) {
    if (text.charCodeAt(at) !== QUOTE) return text === '{}' ? found : undefined
    const keyEnd = endOfString(text, at)
    if (text.charCodeAt(keyEnd) !== 58) return undefined
    const end = endOfValue(text, keyEnd + 1)
    if (end < 0) return undefined
    const key = text.slice(at + 1, keyEnd - 1)
    if (WANTED.has(key)) {
      // the last one of two members with one name would count for whoever parses it: canonical JSON has no two
      if (key in found) return undefined
      const value = plainValue(text, keyEnd + 1, end)
      if (value === undefined) return undefined
      found[key] = value
    }
    const next = text.charCodeAt(end)
    if (next === 125) return end === text.length - 1 ? found : undefined
    if (next !== COMMA) return undefined
    at = end + 1
  }
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

/** Behind the value that begins at `at`; -1 where it never ends. */
const endOfValue = (text: string, at: number): number => {
  let depth = 0
  for (let here = at; here < text.length; here++) {
    const code = text.charCodeAt(here)
    if (code === QUOTE) {
      here = endOfString(text, here) - 1
      if (depth === 0) return here + 1
    } else if (code === 123 || code === 91) depth++
    else if (code === 125 || code === 93) {
      if (depth === 0) return here
      if (--depth === 0) return here + 1
    } else if (code === COMMA && depth === 0) return here
  }
  return -1
}
