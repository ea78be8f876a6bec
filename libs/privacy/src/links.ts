/** Who is who: from keyed fingerprints of identifiers to tokens, and from the token of one context to those of the others. */
import type { postgres } from '@chorus/postgres'
import { CONTEXTS, type Context } from '@chorus/contracts'
import { randomToken, type KeyedIds } from './keyed-ids'

export interface Identifier { readonly system: string; readonly id: string }

export class Links {
  constructor(private readonly sql: postgres.Sql, private readonly ids: KeyedIds) {}

  private linkOf(context: Context, { system, id }: Identifier): string { return this.ids.hmac('link', [context, system, id]).toString('hex') }

  async personOf(context: Context, identifiers: readonly Identifier[], token?: string): Promise<string | 'disagree' | 'erased'> {
    const inContext = new Map(CONTEXTS.map(each => [each, [...new Set(identifiers.map(one => this.linkOf(each, one)))]]))
    const links = inContext.get(context)!
    // One name for the identifier in all contexts, and one order for all: two who link the same ones at once wait for each other and do not deadlock.
    const locks = [...inContext.get(CONTEXTS[0])!].sort()
    return this.sql.begin(async tx => {
      for (const lock of locks) await tx`select pg_advisory_xact_lock(hashtextextended(${`link|${lock}`}, 0))`
      const rows = await tx<{ context: Context; link: string; token: string | null }[]>`select context, link, token from vault.links where link = any(${[...inContext.values()].flat()})`
      // Whoever has one of these identifiers was erased by order: nobody new is made of it.
      if (rows.some(row => row.token === null)) return 'erased'
      const known = new Set([...(token === undefined ? [] : [token]), ...rows.flatMap(row => row.context === context ? [row.token!] : [])])
      if (known.size > 1) return 'disagree'
      const [person = randomToken('per')] = known
      if (links.length > 0) await tx`insert into vault.links (context, link, token) select ${context}, link, ${person} from unnest(${links}::text[]) as link on conflict do nothing`
      const others = [...new Set(rows.flatMap(row => row.context === context ? [] : [row.token!]))]
      if (others.length > 0) await samePerson(tx, [person, ...others])
      return person
    })
  }

  async knownPerson(context: Context, identifiers: readonly Identifier[]): Promise<string | 'disagree' | 'erased' | undefined> {
    const links = [...new Set(CONTEXTS.flatMap(each => identifiers.map(one => this.linkOf(each, one))))]
    const rows = await this.sql<{ context: Context; token: string | null }[]>`select context, token from vault.links where link = any(${links})`
    if (rows.some(row => row.token === null)) return 'erased'
    const known = [...new Set(rows.flatMap(row => row.context === context ? [row.token!] : []))]
    return known.length > 1 ? 'disagree' : known[0]
  }

  /** The token itself and those of the same person in other contexts. */
  async tokensWith(token: string): Promise<string[]> {
    const rows = await this.sql<{ token: string }[]>`select token from vault.persons where person = (select person from vault.persons where token = ${token})`
    return [...new Set([token, ...rows.map(row => row.token)])]
  }
}

/** Notes that these tokens are one person's; where they were known as different people's nothing is noted: that is for a person to say. */
const samePerson = async (tx: postgres.TransactionSql, tokens: readonly string[]): Promise<void> => {
  const known = await tx<{ person: string }[]>`select distinct person from vault.persons where token = any(${tokens as string[]})`
  if (known.length > 1) return
  const person = known[0]?.person ?? randomToken('one')
  await tx`insert into vault.persons (token, person) select token, ${person} from unnest(${tokens as string[]}::text[]) as token on conflict do nothing`
}
