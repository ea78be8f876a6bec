/** The whole way of a matching run: sealed referrals in PostgreSQL, a Chorus that is asked for a run over HTTP, what it records. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import type { CommandMeta, DraftEvent } from '@chorus/contracts'
import { derivedId } from '@chorus/decider'
import { PostgresStore, Recorder } from '@chorus/event-store'
import { systemClock } from '@chorus/platform'
import { policyVersionOf } from '@chorus/policy'
import { FileVault } from '@chorus/privacy'
import { shippedIdentityPolicy } from '../../apps/intake/src/policy/policy-in-force'
import { freshDatabase } from '../support/database'
import { madeUpPersons } from '../support/made-up-persons'
import type { LinkageJob, LinkageRun } from './linkage-worker'
import type { Row } from './table'
import { startWorker } from './worker'

const BATCH = 500
const QUESTIONS_AT_ONCE = 100
/** What follows referrals has followed those that are filled in: the run alone is measured. */
const FOLLOWERS = ['intake.on-referral-received', 'intake.on-referral-received.link-incidents', 'intake.on-identities-linked']

export const linkageOnRecord = async (seed: number, known: number, incoming: number, progress: (text: string) => void): Promise<Row[]> => {
  const database = await freshDatabase()
  const data = await mkdtemp(join(tmpdir(), 'chorus-bench-linkage-'))
  try {
    const started = performance.now()
    const questions = await filled(database.appUrl, data, seed, known, incoming)
    progress(`on record: ${known.toLocaleString('en-US')} known, ${incoming.toLocaleString('en-US')} new, filled in ${Math.round((performance.now() - started) / 1000)} s`)
    const worker = startWorker<LinkageJob, { readonly runs: readonly LinkageRun[] }>(join(__dirname, 'linkage-worker.ts'), { ownerUrl: database.ownerUrl, appUrl: database.appUrl, data, runs: known > 20_000 ? ['NEW', 'NEW'] : ['NEW', 'NEW', 'ALL', 'ALL'] })
    await worker.ready
    worker.go()
    const { runs } = await worker.result
    return runs.map(({ seconds, compared, linked, asked, peakRssMb, ...more }, at) => ({ measured: `on record, run ${at + 1}`, known, new: compared, seconds, 'CPU s': more.cpuSeconds, linked, asked, 'peak MiB': peakRssMb, 'asked before': questions, 'start MiB': more.startRssMb, 'longest pause ms': more.longestPauseMs, 'referral ms': more.referralMs }))
  } finally {
    await database.drop()
    await rm(data, { recursive: true, force: true })
  }
}

/** Known ones, as a run has seen them, with one question for five of them; new ones behind it. @returns how many were asked about */
const filled = async (url: string, data: string, seed: number, known: number, incoming: number): Promise<number> => {
  const store = await PostgresStore.open({ url })
  const vault = await FileVault.open({ keysFolder: join(data, 'keys'), databaseUrl: url, mode: 'demonstration' })
  const log = new Recorder({ store, vault, clock: systemClock })
  const sql = postgres(url, { max: 1 })
  try {
    const { told } = madeUpPersons(seed, known, incoming)
    const persons = told.map((each) => ({ ...each, ref: vault.newToken('per') }))
    const [old, fresh] = [persons.slice(0, -incoming), persons.slice(-incoming)]
    await referred(log, old)
    const { ordinal: through } = await store.head()
    const policyVersion = policyVersionOf(shippedIdentityPolicy().policy)
    const questions = Array.from({ length: Math.floor(known / 5) }, (_, n): DraftEvent => {
      const [oneRef, otherRef] = [old[n]!.ref, old[old.length - 1 - n]!.ref]
      return draft('PersonMatchProposed', 1, { matchId: vault.uuid('stream-id', 'person-match', ...[oneRef, otherRef].sort()), oneRef, otherRef, confidence: 60, evidence: [{ field: 'SURNAME', agreement: 'EXACT' }], askedBecause: ['PROBABILITY'] })
    })
    let revision = -1
    for (let from = 0; from <= questions.length; from += QUESTIONS_AT_ONCE) {
      const drafts = questions.slice(from, from + QUESTIONS_AT_ONCE)
      if (drafts.length < QUESTIONS_AT_ONCE) drafts.push(draft('PersonsMatched', 1, { scope: 'ALL', persons: old.length, compared: old.length, through, policyVersion }))
      const outcome = await log.record('personIdentity-register', revision, drafts, meta(`register ${from}`))
      if (!outcome.ok) throw new Error(outcome.text)
      revision = outcome.revision
    }
    await referred(log, fresh)
    for (const name of FOLLOWERS) await sql`insert into read.checkpoints (name, log, ordinal, version) values (${name}, ${store.log}, ${(await store.head()).ordinal}, 1)`
    return questions.length
  } finally {
    await Promise.all([store.close(), vault.close(), sql.end()])
  }
}

type Referred = ReturnType<typeof madeUpPersons>['told'][number] & { readonly ref: string }
/** Two each, never neighbours: those are families, and whoever a referral names stands opposite the other. */
const referred = async (log: Recorder, persons: readonly Referred[]): Promise<void> => {
  const half = Math.floor(persons.length / 2)
  for (let from = 0; from < half; from += BATCH) {
    const outcomes = await log.recordEach(persons.slice(from, Math.min(half, from + BATCH)).map((subject, at) => {
      const victim = persons[half + from + at]!
      const referralId = derivedId('referral of the bench', subject.ref)
      return { stream: `referral-${referralId}`, expected: -1, meta: meta(referralId), drafts: [draft('ReferralReceived', 2, { referralId, source: 'SELF', incidentIds: [], subjectRef: subject.ref, victimRef: victim.ref, ...said('subject', subject), ...said('victim', victim) })] }
    }))
    if (!outcomes.every(({ ok }) => ok)) throw new Error('a fill must not conflict')
  }
}
const said = (side: string, { given, surname, birthDate, address, addressKind = 'ORDINARY' }: Referred): object =>
  ({ [`${side}Name`]: `${surname}, ${given}`, ...birthDate && { [`${side}BirthDate`]: birthDate }, ...address && { [`${side}Address`]: address, [`${side}AddressKind`]: addressKind } })
const draft = (type: string, schemaVersion: number, data: object): DraftEvent => ({ type, schemaVersion, data, time: systemClock.now(), timePrecision: 'instant', timeZone: 'UTC' })
const meta = (name: string): CommandMeta => {
  const id = derivedId('linkage bench', name)
  return { commandId: id, correlationId: id, causationId: null, actor: { id: 'bench', role: 'intakeAnalyst', agency: 'KCPD' }, source: { agency: 'KCPD', system: 'bench' }, now: systemClock.now() }
}
