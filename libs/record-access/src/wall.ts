/**
 * What stands behind the walls of one account (ConflictOfInterestRecorded), asked at the log's head: the persons, and every id
 * by which a record of theirs is known. Whoever has no wall pays one look at an empty stream.
 */
import { IDENTITY_REGISTER, linksAfter, tokensOf, type ConflictOfInterestEndedV1, type ConflictOfInterestRecordedV1, type PersonLink, type RecordedEvent, type WalledCasesChangedV1 } from '@chorus/contracts'
import { derivedId, fold } from '@chorus/decider'

// Stored names. Changing one needs a new version and an upcaster.
export const WALL_EVENTS = ['ConflictOfInterestRecorded', 'ConflictOfInterestEnded'] as const

/** The persons behind the walls of one account. */
export interface Walls { readonly persons: readonly string[] }
export const NO_WALLS: Walls = { persons: [] }
export const evolveWalls = (state: Walls, { type, data }: Pick<RecordedEvent, 'type' | 'data'>): Walls => {
  if (type === 'ConflictOfInterestRecorded') return { persons: [...state.persons, (data as ConflictOfInterestRecordedV1).personRef] }
  return type === 'ConflictOfInterestEnded' ? { persons: state.persons.filter((one) => one !== (data as ConflictOfInterestEndedV1).personRef) } : state
}
/** One stream for each account. */
export const wallsIdOf = (account: string): string => derivedId('conflict-of-interest', account)

/** The cases behind the walls of one account, as the services know them that may not know the persons. */
export const WALLED_CASES_EVENTS = ['WalledCasesChanged'] as const
export interface WalledCases { readonly caseIds: readonly string[]; /** how often they changed */ readonly changes: number }
export const NO_WALLED_CASES: WalledCases = { caseIds: [], changes: 0 }
export const evolveWalledCases = (state: WalledCases, { type, data }: Pick<RecordedEvent, 'type' | 'data'>): WalledCases =>
  type === 'WalledCasesChanged' ? { caseIds: (data as WalledCasesChangedV1).caseIds, changes: state.changes + 1 } : state

export interface WallLog {
  load(stream: string, from?: number): Promise<readonly RecordedEvent[]>
  read(options: { readonly after: number; readonly filter: { readonly categories: readonly string[] } }): AsyncIterable<RecordedEvent>
}
/** Where records of persons lead on: a referral to its incidents, a case to its referral, whatever is of a case to the case. An incident's own id is in its referral. */
export const LEADING = ['referral', 'pair', 'pchCase', 'arrest', 'lethalityScreen', 'notification', 'safetyReview', 'safetyWarning', 'pchService'] as const
/** A UUID is typed in either case and stored in lower case; a token is as it is. */
const KNOWN_BY = /[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|per_[\w-]{22}/g
const asStored = (name: string): string => name.startsWith('per_') ? name : name.toLowerCase()
const FIELDS_THAT_LEAD = ['referralId', 'caseId', 'incidentId', 'indexIncidentId', 'incidentIds'] as const

export class Wall {
  /** @param ids what is behind it; those of cases among them are `cases` */
  constructor(private readonly ids: ReadonlySet<string>, readonly cases: ReadonlySet<string> = new Set()) {}
  /** What any text in it names that is behind the wall, as it is stored, each once. */
  named(value: unknown): string[] { return [...new Set((JSON.stringify(value) ?? '').match(KNOWN_BY)?.map(asStored).filter((id) => this.ids.has(id)))] }
  hides(value: unknown): boolean { return this.named(value).length > 0 }
  /** The text with each such name replaced by one that nothing has, always the same: it is answered like what is not there. `stands` is told which for which. */
  elsewhere(text: string, stands: (standIn: string, asked: string) => void): string {
    return text.replace(KNOWN_BY, (typed) => {
      const id = asStored(typed)
      if (!this.ids.has(id)) return typed
      const standIn = id.startsWith('per_') ? `per_${Buffer.from(derivedId('elsewhere', id).replaceAll('-', ''), 'hex').toString('base64url')}` : derivedId('elsewhere', id)
      stands(standIn, id)
      if (id === typed) return standIn
      // Typed in capitals: a route may give it back as it was typed, or as it is stored.
      stands(standIn.toUpperCase(), typed)
      return standIn.toUpperCase()
    })
  }
  /** An answer without what is behind the wall; undefined where it is about nothing else. A total counts what is left. */
  without<T>(answer: T): T | undefined {
    if (!this.hides(answer)) return answer
    if (Array.isArray(answer)) return answer.flatMap((item: unknown) => { const left = this.without(item); return left === undefined ? [] : [left] }) as T
    if (typeof answer !== 'object' || answer === null) return undefined
    const fields = Object.entries(answer)
    if (fields.some(([, value]) => !Array.isArray(value) && this.hides(value))) return undefined
    const left = fields.map(([name, value]) => [name, Array.isArray(value) ? this.without(value) : value] as const)
    const gone = fields.reduce((count, [, value], at) => count + (Array.isArray(value) ? value.length - (left[at]![1] as unknown[]).length : 0), 0)
    return Object.fromEntries(left.map(([name, value]) => [name, name === 'total' && typeof value === 'number' ? value - gone : value])) as T
  }
}

/**
 * What stands behind the walls of an account; null: it has none. `readable`: the categories that whoever asks may read. Who may
 * not know the persons starts from the cases (`walledCases`). Each question is answered as of the log's head: what was read for
 * the last one of this account is kept, and only the rest read, unless that leads on.
 */
export const wallsIn = (log: WallLog, readable: (category: string) => boolean): (account: string) => Promise<Wall | null> => {
  const kept = new Map<string, { readonly of: string; readonly ids: Set<string>; readonly cases: Set<string>; through: number }>()
  let identities: { readonly links: readonly PersonLink[]; readonly revision: number } = { links: [], revision: -1 }
  /** Those that hold at the log's head: of the register only what is new is read. */
  const linksNow = async (): Promise<readonly PersonLink[]> => {
    const before = identities
    const events = (await log.load(IDENTITY_REGISTER, before.revision + 1)).filter(({ revision }) => revision > before.revision)
    const now = { links: events.reduce(linksAfter, before.links), revision: events.at(-1)?.revision ?? before.revision }
    // Whoever asked meanwhile may have read farther.
    if (now.revision > identities.revision) identities = now
    return now.links
  }
  const personsOf = async (account: string): Promise<readonly string[]> => {
    const { persons } = fold({ evolve: evolveWalls }, await log.load(`conflictOfInterest-${wallsIdOf(account)}`), NO_WALLS)
    if (persons.length === 0) return persons
    const links = readable('personIdentity') ? await linksNow() : []
    return persons.flatMap((person) => tokensOf(links, person))
  }
  const casesOf = async (account: string): Promise<readonly string[]> => fold({ evolve: evolveWalledCases }, await log.load(`walledCases-${wallsIdOf(account)}`), NO_WALLED_CASES).caseIds
  const startsOf = readable('conflictOfInterest') ? personsOf : readable('walledCases') ? casesOf : async () => []
  return async (account) => {
    const starts = await startsOf(account)
    if (starts.length === 0) { kept.delete(account); return null }
    const before = kept.get(account)
    // Another person or case, a link or its end: all of it is read anew. Whoever asks meanwhile works on ids of his own: half a pass is no wall.
    const known = before?.of === starts.join() ? before : { of: starts.join(), ids: new Set(starts), cases: new Set<string>(), through: 0 }
    const [ids, cases] = [new Set(known.ids), new Set(known.cases)]
    const wall = new Wall(ids, cases)
    let [after, through, ledOn] = [known.through, known.through, true]
    // What a record leads on to may have been named before it: a screen or an arrest names its incident before anybody refers it.
    for (; ledOn; after = 0) {
      ledOn = false
      for await (const { stream, partitionkey, data, ordinal } of log.read({ after, filter: { categories: LEADING.filter(readable) } })) {
        through = Math.max(through, ordinal)
        if (!wall.hides([data, partitionkey])) continue
        const id = stream.slice(stream.indexOf('-') + 1)
        ids.add(id)
        if (stream.startsWith('pchCase-')) cases.add(id)
        for (const id of FIELDS_THAT_LEAD.flatMap((field) => (data as Record<string, unknown>)[field])) if (typeof id === 'string' && !ids.has(id)) { ids.add(id); ledOn = true }
      }
    }
    kept.set(account, { of: known.of, ids, cases, through })
    return wall
  }
}
