/**
 * JSON as it stands in a file: a number keeps its digits, and a name that stands twice in one object stands twice. JSON.parse
 * says whether a text is JSON at all; what is walked here is, so that nothing of its grammar is checked again.
 */
export class JsonNumber { constructor(/** as it is written */ readonly text: string) {} }
export class JsonObject { constructor(readonly members: readonly (readonly [name: string, value: Json])[], /** as it stands */ readonly text: string) {} }
export type Json = string | boolean | null | JsonNumber | JsonObject | readonly Json[]

/** What agencies send is a few deep; what is deeper than any of it is not walked. */
const MOST_DEEP = 100

/** @returns undefined: it is no JSON, or nested deeper than 100 */
export const parseJson = (text: string): Json | undefined => {
  try { JSON.parse(text) } catch { return undefined }
  let at = 0
  const past = (blank: RegExp): void => { blank.lastIndex = at; blank.test(text); at = blank.lastIndex }
  const string = (): string => {
    const from = at++
    let plain = true
    for (let code = text.charCodeAt(at); code !== QUOTE; code = text.charCodeAt(++at)) if (code === BACKSLASH) { plain = false; at++ }
    at++
    return plain ? text.slice(from + 1, at - 1) : JSON.parse(text.slice(from, at)) as string
  }
  /** From its bracket to its end, one part after the other. */
  const parts = (end: string, part: () => void): void => {
    for (at++, past(BETWEEN); text[at] !== end; past(BETWEEN)) part()
    at++
  }
  const value = (depth: number): Json => {
    if (depth > MOST_DEEP) throw TOO_DEEP
    past(BETWEEN)
    const from = at
    if (text[at] === '"') return string()
    if (text[at] === '[') { const list: Json[] = []; parts(']', () => { list.push(value(depth + 1)) }); return list }
    if (text[at] === '{') {
      const members: (readonly [string, Json])[] = []
      parts('}', () => { const name = string(); past(BETWEEN); members.push([name, value(depth + 1)]) })
      return new JsonObject(members, text.slice(from, at))
    }
    past(WORD)
    const word = text.slice(from, at)
    return word === 'null' ? null : word === 'true' || word === 'false' ? word === 'true' : new JsonNumber(word)
  }
  try { return value(0) } catch (error) { if (error === TOO_DEEP) return undefined; throw error }
}
const TOO_DEEP = new Error('nested too deep')
const [QUOTE, BACKSLASH] = [0x22, 0x5c]
/** Blanks and what parts members from each other and from their names: where it stands was checked. */
const BETWEEN = /[\s,:]*/y
const WORD = /[^\s,\]}]*/y

/** The value by itself: with its members by name, so that a row is the same whatever their order, or in the order in which they stand. */
export const written = (value: Json, order: 'by-name' | 'as-it-stands' = 'by-name'): string => {
  if (value instanceof JsonNumber) return value.text
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map((one) => written(one, order)).join(',')}]`
  if (!(value instanceof JsonObject)) return JSON.stringify(value)
  const members = order === 'as-it-stands' ? value.members : [...value.members].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)
  return `{${members.map(([name, one]) => `${JSON.stringify(name)}:${written(one, order)}`).join(',')}}`
}

/** A name that stands twice in one object, anywhere in the value. */
export const doubledIn = (value: Json): string | undefined => {
  const parts = value instanceof JsonObject ? value.members.map(([, one]) => one) : Array.isArray(value) ? value as readonly Json[] : []
  const names = value instanceof JsonObject ? value.members.map(([name]) => name) : []
  const seen = new Set<string>()
  for (const name of names) { if (seen.has(name)) return name; seen.add(name) }
  for (const part of parts) { const found = doubledIn(part); if (found !== undefined) return found }
  return undefined
}

/** The first member of this name; undefined where there is none. */
export const memberOf = (value: Json | undefined, name: string): Json | undefined => value instanceof JsonObject ? value.members.find(([one]) => one === name)?.[1] : undefined
