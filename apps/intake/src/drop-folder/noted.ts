/** What is noted beside a file that was taken, as it is believed when it is read again: no further than its form. Pure. */
export interface Claim { readonly folder: string; /** bytes of the name, base64 */ readonly name: string; readonly at: string; readonly tries: number; /** what the file was like when it was last looked at */ readonly stamp?: string; /** instant since when it is like that; absent: since before it was taken */ readonly since?: string; readonly mapping?: string; readonly tooManyMappings?: boolean; /** it was filed away before, and written on since */ readonly again?: boolean; /** SHA-256 of what was read of it, each time that it was another; the last one last */ readonly read?: readonly string[]; /** what each reading of it recorded */ readonly earlier?: readonly Reading[] }
/** What one reading of a file recorded, from its report: no value of any record. */
export interface Reading { readonly read: string; readonly outcome: string; readonly run?: unknown; readonly records?: unknown; readonly corrections?: unknown; readonly departures?: number; readonly refused?: unknown }
export const readingOf = ({ outcome, report }: { readonly outcome: string; readonly report: object }, read: string): Reading => {
  const { run, records, corrections, departures, refused } = report as Partial<Reading>
  return { read, outcome, run, records, corrections, refused, ...(typeof departures === 'number' && { departures }) }
}
const isReading = (value: unknown): boolean => { const { read, departures } = (value ?? {}) as Partial<Reading>; return typeof read === 'string' && (departures === undefined || typeof departures === 'number') }
export const claimOf = (value: unknown): Claim | undefined => {
  const { folder, name, at, tries, stamp, since, mapping, tooManyMappings, again, read, earlier } = (value ?? {}) as Record<keyof Claim, unknown>
  if (typeof folder !== 'string' || folder.includes('/') || typeof name !== 'string' || typeof at !== 'string' || Number.isNaN(Date.parse(at)) || !Number.isInteger(tries)) return undefined
  const text = (given: unknown): boolean => given === undefined || typeof given === 'string'
  return text(stamp) && text(mapping) && (since === undefined || (typeof since === 'string' && !Number.isNaN(Date.parse(since)))) && (earlier === undefined || (Array.isArray(earlier) && earlier.every(isReading))) && [tooManyMappings, again].every((given) => given === undefined || given === true) && (read === undefined || (Array.isArray(read) && read.every((one) => typeof one === 'string'))) ? value as Claim : undefined
}
export interface Finished { readonly to: 'done' | 'refused'; readonly base: string; /** size and time of what was read; absent where nothing could be */ readonly written?: string; /** of the bytes that were imported; absent where none were */ readonly sha256?: string }
/** As conclude() writes it: a name that leads nowhere else. */
export const finishedOf = (value: unknown): Finished | undefined => {
  const { to, base, written, sha256 } = (value ?? {}) as Record<keyof Finished, unknown>
  return [written, sha256].every((given) => given === undefined || typeof given === 'string') && (to === 'done' || to === 'refused') && typeof base === 'string' && /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(base) ? { to, base, ...(typeof written === 'string' && { written }), ...(typeof sha256 === 'string' && { sha256 }) } : undefined
}
/** What is noted of a file that was filed away, as long as it is looked at. */
export interface Filed { readonly finished: Finished; readonly claim: Claim; readonly at: string }
export const filedOf = (value: unknown): Filed | undefined => {
  const { finished, claim, at } = (value ?? {}) as Record<keyof Filed, unknown>
  const [is, was] = [finishedOf(finished), claimOf(claim)]
  return is?.written !== undefined && was && typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? { finished: is, claim: was, at } : undefined
}
