/**
 * Who is one person across contexts: a chain of rows in vault.persons. Each row's proof is an HMAC under the vault's secret over
 * its place, its token, its person and the proof before it, so that whoever owns the table and has no secret can neither add nor
 * change one; what is taken away shows where the chain's end is signed (decision 0090).
 */
import type { postgres } from '@chorus/postgres'
import { randomToken, type KeyedIds } from './keyed-ids'

/** Where the chain ends: how many rows, and the proof of the last, lower-case hex; 0 and '' where there is none. */
export interface PersonsHead { readonly place: number; readonly proof: string }
export type PersonsWalk =
  | { readonly ok: true; readonly checked: number; readonly through: PersonsHead }
  | { readonly ok: false; readonly checked: number; /** the first place that is wrong */ readonly place: number; readonly fault: 'gap' | 'proof-differs'; readonly text: string }
/** As whoever signs and verifies sees it. No token leaves it. */
export interface PersonsChain {
  /** What the checkpoint of this number says of where the chain stands; 32 bytes, lower-case hex. No two checkpoints have one number, so no two marks are the same: who has no secret reads nothing from them, nor whether the chain grew between them. */
  markOf(number: number, head: PersonsHead): string
  /** From behind `after` (absent: from the start) to the end; tells where it stood, before the first row and behind each that is right. */
  walk(options?: { readonly after?: PersonsHead; readonly seen?: (head: PersonsHead) => void; /** before each 5,000 rows */ readonly between?: () => Promise<unknown>; readonly signal?: AbortSignal }): Promise<PersonsWalk>
  /** rows that have no place in the chain: nobody of us noted them, or a service of an earlier build did after one of this had started */
  unproven(): Promise<number>
}

/** What the table says is not what was noted. */
export class PersonsContradicted extends Error { constructor(message: string) { super(message); this.name = 'PersonsContradicted' } }

interface Row { readonly token: string; readonly person: string; readonly place: number; readonly proof: string }
/** with the proof before it */
type Beside = Row & { readonly before: string | null }
const NONE: PersonsHead = { place: 0, proof: '' }
/** Whoever adds to the chain; one number in every Chorus process. */
const LOCK = 8_260_011
const BATCH = 5000

export class Persons implements PersonsChain {
  constructor(private readonly sql: postgres.Sql, private readonly ids: KeyedIds) {}

  /**
   * Notes of each group of tokens that they are one person's. Where they were known as different people's nothing is noted: that is
   * for a person to say; nor where one of them is not as it was noted: what is planted would be proven by what is built on it.
   */
  async note(tx: postgres.TransactionSql, groups: readonly (readonly string[])[]): Promise<void> {
    if ((await this.newIn(tx, groups)).length === 0) return
    await tx`select pg_advisory_xact_lock(${LOCK})`
    // once more: whoever was waited for may have noted some
    const rows = this.proven(await this.newIn(tx, groups), await headOf(tx))
    if (rows.length > 0) await tx`insert into vault.persons (token, person, place, proof) select token, person, place, proof
      from unnest(${rows.map(({ token }) => token)}::text[], ${rows.map(({ person }) => person)}::text[], ${rows.map(({ place }) => place)}::bigint[], ${rows.map(({ proof }) => proof)}::text[]) as new (token, person, place, proof)`
  }

  /** The token itself and those of the same person in other contexts. Throws PersonsContradicted where one of them is not as it was noted. */
  async tokensWith(token: string): Promise<string[]> {
    const rows = await this.sql<Beside[]>`
      select p.token, p.person, p.place::int as place, p.proof, b.proof as before from vault.persons p left join vault.persons b on b.place = p.place - 1
      where p.person in (select person from vault.persons where token = ${token})`
    if (!rows.every((row) => this.holds(row))) {
      throw new PersonsContradicted('Who is one person with this subject is not as it was noted (vault.persons): nothing is said or done about its keys. Run "chorus verify", then docs/runbooks/tampering.md.')
    }
    return [...new Set([token, ...rows.map((row) => row.token)])]
  }

  /** Those of the tokens that have a row here. */
  async having(tokens: readonly string[]): Promise<ReadonlySet<string>> {
    if (tokens.length === 0) return new Set()
    return new Set((await this.sql<{ token: string }[]>`select distinct token from vault.persons where token = any(${tokens as string[]})`).map(({ token }) => token))
  }

  /**
   * Rows of before there were proofs are given theirs, once: while no row has one. Afterwards a row without is nobody's of ours.
   * Does nothing for a role that may not.
   */
  async adopt(): Promise<void> {
    const [may] = await this.sql<{ may: boolean }[]>`
      select count(*) = 2 and bool_and(has_column_privilege(attrelid, attnum, 'UPDATE')) as may from pg_attribute where attrelid = to_regclass('vault.persons') and attname in ('place', 'proof') and not attisdropped`
    if (!may!.may) return
    await this.sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(${LOCK})`
      if ((await headOf(tx)).place > 0) return
      const rows = this.proven(await tx<Row[]>`select token, person from vault.persons order by person, token`, NONE)
      for (let from = 0; from < rows.length; from += BATCH) {
        const some = rows.slice(from, from + BATCH)
        await tx`update vault.persons p set place = r.place, proof = r.proof
          from unnest(${some.map(({ token }) => token)}::text[], ${some.map(({ place }) => place)}::bigint[], ${some.map(({ proof }) => proof)}::text[]) as r(token, place, proof) where p.token = r.token`
      }
    })
  }

  markOf(number: number, { proof }: PersonsHead): string { return this.ids.hmac('person', ['mark', String(number), proof]).toString('hex') }

  async walk({ after = NONE, seen, between, signal }: Parameters<PersonsChain['walk']>[0] = {}): Promise<PersonsWalk> {
    let last = after
    seen?.(last)
    const wrong = (place: number, fault: Extract<PersonsWalk, { ok: false }>['fault'], text: string): PersonsWalk => ({ ok: false, checked: last.place - after.place, place, fault, text })
    if (after.place > 0) {
      const [there] = await this.sql<{ proof: string }[]>`select proof from vault.persons where place = ${after.place}`
      if (there?.proof !== after.proof) return wrong(after.place, there ? 'proof-differs' : 'gap', `entry ${after.place}: ${there ? 'it is not the one that was signed' : 'missing'}`)
    }
    for (;;) {
      signal?.throwIfAborted()
      await between?.()
      const rows = await this.sql<Row[]>`select token, person, place::int as place, proof from vault.persons where place > ${last.place} order by place limit ${BATCH}`
      for (const row of rows) {
        if (row.place !== last.place + 1) return wrong(last.place + 1, 'gap', `entry ${last.place + 1}: missing; the next one is ${row.place}`)
        if (this.proofOf(row, last.proof) !== row.proof) return wrong(row.place, 'proof-differs', `entry ${row.place}: what it says is not what was noted, or nobody of us noted it`)
        last = { place: row.place, proof: row.proof }
        seen?.(last)
      }
      if (rows.length < BATCH) break
    }
    return { ok: true, checked: last.place - after.place, through: last }
  }

  async unproven(): Promise<number> {
    const [bare] = await this.sql<{ rows: number }[]>`select count(*)::int as rows from vault.persons where place is null`
    return bare!.rows
  }

  /** The rows that are not there yet. */
  private async newIn(tx: postgres.TransactionSql, groups: readonly (readonly string[])[]): Promise<{ readonly token: string; readonly person: string }[]> {
    const rows = await tx<Beside[]>`
      select p.token, p.person, p.place::int as place, p.proof, b.proof as before from vault.persons p left join vault.persons b on b.place = p.place - 1
      where p.token = any(${[...new Set(groups.flat())]})`
    const known = new Map(rows.map(({ token, person }) => [token, person]))
    const wrong = new Set(rows.filter((row) => !this.holds(row)).map(({ token }) => token))
    const made: { token: string; person: string }[] = []
    for (const tokens of groups) {
      const persons = new Set(tokens.flatMap(token => known.get(token) ?? []))
      if (persons.size > 1 || tokens.some((token) => wrong.has(token))) continue
      const [person = randomToken('one')] = persons
      for (const token of tokens) if (!known.has(token)) { known.set(token, person); made.push({ token, person }) }
    }
    return made
  }

  private proven(rows: readonly { readonly token: string; readonly person: string }[], { place, proof }: PersonsHead): Row[] {
    return rows.map(({ token, person }) => {
      place += 1
      proof = this.proofOf({ token, person, place }, proof)
      return { token, person, place, proof }
    })
  }
  private holds({ before, ...row }: Beside): boolean { return row.place !== null && (before !== null || row.place === 1) && this.proofOf(row, before ?? '') === row.proof }
  private proofOf({ token, person, place }: Omit<Row, 'proof'>, before: string): string { return this.ids.hmac('person', [String(place), token, person, before]).toString('hex') }
}

const headOf = async (sql: postgres.Sql | postgres.TransactionSql): Promise<PersonsHead> => {
  const [last] = await sql<PersonsHead[]>`select place::int as place, proof from vault.persons where place is not null order by place desc limit 1`
  return last ? { ...last } : NONE
}
