/** Who is who: from keyed fingerprints of identifiers to tokens. */
import type { postgres } from '@chorus/postgres'
import { CONTEXTS, type Context } from '@chorus/contracts'
import { randomToken, type KeyedIds } from './keyed-ids'
import type { Persons } from './persons'

/** Each holds a lock until the transaction ends, and the server's table of locks serves everybody. */
const MADE_AT_ONCE = 200
const LOOKED_UP_AT_ONCE = 500
interface LinkRow { readonly context: Context; readonly link: string; readonly token: string | null }

export interface Identifier { readonly system: string; readonly id: string }

export class Links {
  constructor(private readonly sql: postgres.Sql, private readonly ids: KeyedIds, private readonly persons: Persons) {}

  private linkOf(context: Context, { system, id }: Identifier): string { return this.ids.hmac('link', [context, system, id]).toString('hex') }

  /**
   * What is kept of these links, by the whole primary key. By `link = any(…)` alone, planned once for all values as a prepared
   * statement is, each row of the table would be held against each link.
   */
  private kept(sql: postgres.Sql | postgres.TransactionSql, links: Iterable<readonly [Context, string]>): Promise<LinkRow[]> {
    const wanted = [...links]
    return sql<LinkRow[]>`
      select context, link, token from vault.links join unnest(${wanted.map(([context]) => context)}::text[], ${wanted.map(([, link]) => link)}::text[]) as wanted (context, link) using (context, link)`
  }

  async personOf(context: Context, identifiers: readonly Identifier[], token?: string): Promise<string | 'disagree' | 'erased'> {
    const inContext = new Map(CONTEXTS.map(each => [each, [...new Set(identifiers.map(one => this.linkOf(each, one)))]]))
    const links = inContext.get(context)!
    // One name for the identifier in all contexts, and one order for all: two who link the same ones at once wait for each other and do not deadlock.
    const locks = [...inContext.get(CONTEXTS[0])!].sort()
    return this.sql.begin(async tx => {
      for (const lock of locks) await tx`select pg_advisory_xact_lock(hashtextextended(${`link|${lock}`}, 0))`
      const rows = await this.kept(tx, [...inContext].flatMap(([each, all]) => all.map(link => [each, link] as const)))
      // Whoever has one of these identifiers was erased by order: nobody new is made of it.
      if (rows.some(row => row.token === null)) return 'erased'
      const known = new Set([...(token === undefined ? [] : [token]), ...rows.flatMap(row => row.context === context ? [row.token!] : [])])
      if (known.size > 1) return 'disagree'
      const [person = randomToken('per')] = known
      if (links.length > 0) await tx`insert into vault.links (context, link, token) select ${context}, link, ${person} from unnest(${links}::text[]) as link on conflict do nothing`
      const others = [...new Set(rows.flatMap(row => row.context === context ? [] : [row.token!]))]
      if (others.length > 0) await this.persons.note(tx, [[person, ...others]])
      return person
    })
  }

  /** Each as `personOf` with this one identifier, in their order; one identifier never leads to two people. */
  async tokensFor(context: Context, system: string, identifiers: readonly string[]): Promise<Map<string, string | 'erased'>> {
    const found = new Map<string, string | 'erased'>()
    const all = [...new Set(identifiers)]
    for (let from = 0; from < all.length; from += MADE_AT_ONCE) for (const [id, token] of await this.makeMany(context, system, all.slice(from, from + MADE_AT_ONCE))) found.set(id, token)
    return found
  }

  private async makeMany(context: Context, system: string, identifiers: readonly string[]): Promise<Map<string, string | 'erased'>> {
    const linksOf = new Map(identifiers.map(id => [id, new Map(CONTEXTS.map(each => [each, this.linkOf(each, { system, id })]))]))
    const own = (id: string): string => linksOf.get(id)!.get(context)!
    // The locks of `personOf`, in its order: whoever links one of these waits, and does not deadlock.
    const locks = identifiers.map(id => `link|${linksOf.get(id)!.get(CONTEXTS[0])!}`).sort()
    return this.sql.begin(async tx => {
      await tx`select count(pg_advisory_xact_lock(hashtextextended(name, 0))) from unnest(${locks}::text[]) as name`
      const rows = new Map((await this.kept(tx, [...linksOf.values()].flatMap(each => [...each]))).map(row => [row.link, row]))
      const found = new Map<string, string | 'erased'>()
      const made: { link: string; token: string }[] = []
      const together: string[][] = []
      for (const id of identifiers) {
        const known = [...linksOf.get(id)!.values()].flatMap(link => rows.get(link) ?? [])
        if (known.some(row => row.token === null)) { found.set(id, 'erased'); continue }
        const token = rows.get(own(id))?.token ?? randomToken('per')
        found.set(id, token)
        if (!rows.has(own(id))) made.push({ link: own(id), token })
        const others = [...new Set(known.flatMap(row => row.context === context ? [] : [row.token!]))]
        if (others.length > 0) together.push([token, ...others])
      }
      if (made.length > 0) await tx`insert into vault.links (context, link, token) select ${context}, link, token from unnest(${made.map(({ link }) => link)}::text[], ${made.map(({ token }) => token)}::text[]) as new (link, token) on conflict do nothing`
      if (together.length > 0) await this.persons.note(tx, together)
      return found
    }) as Promise<Map<string, string | 'erased'>>
  }

  async knownTokens(context: Context, system: string, identifiers: readonly string[]): Promise<Map<string, string | 'erased'>> {
    const found = new Map<string, string | 'erased'>()
    const all = [...new Set(identifiers)]
    for (let from = 0; from < all.length; from += LOOKED_UP_AT_ONCE) {
      const links = all.slice(from, from + LOOKED_UP_AT_ONCE).flatMap(id => CONTEXTS.map(each => ({ id, link: [each, this.linkOf(each, { system, id })] as const })))
      const idOf = new Map(links.map(({ id, link }) => [link[1], id]))
      for (const row of await this.kept(this.sql, links.map(({ link }) => link))) {
        const id = idOf.get(row.link)!
        if (row.token === null) found.set(id, 'erased')
        else if (row.context === context && found.get(id) !== 'erased') found.set(id, row.token)
      }
    }
    return found
  }

  async knownPerson(context: Context, identifiers: readonly Identifier[]): Promise<string | 'disagree' | 'erased' | undefined> {
    const rows = await this.kept(this.sql, CONTEXTS.flatMap(each => [...new Set(identifiers.map(one => this.linkOf(each, one)))].map(link => [each, link] as const)))
    if (rows.some(row => row.token === null)) return 'erased'
    const known = [...new Set(rows.flatMap(row => row.context === context ? [row.token!] : []))]
    return known.length > 1 ? 'disagree' : known[0]
  }
}
