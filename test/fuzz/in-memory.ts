/** Intake's imports on a log, a vault and a quarantine in memory: the whole way of a file but its HTTP and its database. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RecordedEvent } from '@chorus/contracts'
import { MemoryStore, Recorder } from '@chorus/event-store'
import { Problem, PROBLEM_TYPES } from '@chorus/platform'
import { MemoryVault } from '@chorus/privacy'
import { KcpdImport } from '../../apps/intake/src/import-run/import-kcpd'
import { NibrsImport } from '../../apps/intake/src/import-run/import-nibrs'
import type { SettledRecord } from '../../apps/intake/src/import-run/tally'
import { MappedImport } from '../../apps/intake/src/mapped-import/import-extract'
import { ExtractRows } from '../../apps/intake/src/mapped-import/retry-row'
import type { CaseLookUp } from '../../apps/intake/src/pch-case/look-up'
import { Quarantine } from '../../apps/intake/src/quarantined-record/quarantine'
import type { KeptBytes, QuarantinedBytes } from '../../apps/intake/src/quarantined-record/quarantined-bytes'
import { QuarantineRetry } from '../../apps/intake/src/quarantined-record/retry'

export interface Sums { readonly complete: boolean; readonly records: { readonly read: number; readonly accepted: number; readonly duplicate: number; readonly quarantined: number }; readonly lines?: { readonly read: number; readonly accepted: number; readonly duplicate: number; readonly quarantined: number } }
export type Way = (intake: MemoryIntake, bytes: Buffer, runId: string, told: (record: SettledRecord) => void) => Promise<Sums>

export const clock = { now: () => '2026-08-31T12:00:00.000Z' }
const actor = { id: 'u', role: 'intakeAnalyst', agency: 'KCPD' } as const
/** In pieces, as a connection brings it. */
async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> { for (let at = 0; at < bytes.length; at += 16_384) yield bytes.subarray(at, at + 16_384) }

export const NIBRS: Way = ({ nibrs }, bytes, runId, told) => nibrs.run({ source: pieces(bytes), bytes: bytes.length }, { runId, actor, dryRun: false, told })
export const KCPD: Way = ({ kcpd }, bytes, runId, told) => kcpd.run({ source: pieces(bytes), bytes: bytes.length }, { runId, actor, dryRun: false, told })
/** The reports that the samples' other extracts speak of are known, and one of their persons has a case: else nothing of theirs would be recorded. */
export const extractBy = (mapping: string): Way => async (intake, bytes, runId, told) => {
  if (intake.fresh()) {
    await intake.openCase('sample-rms', 'FXP-2001')
    if (!mapping.includes('mapping: kcpd-reports')) await intake.mapped.run({ mapping: sample('kcpd-reports.map.yml'), bytes: Buffer.from(sample('kcpd-reports.csv').split('\n').slice(0, 5).join('\n')) }, { runId: '018f0000-0000-7000-8000-000000000000', actor, commit: true })
  }
  return intake.mapped.run({ mapping, bytes }, { runId, actor, commit: true, told })
}
const sample = (name: string): string => readFileSync(join(__dirname, '../../samples/extracts', name), 'utf8')

export type MemoryIntake = ReturnType<typeof memoryIntake>
const keys = Buffer.alloc(32, 7)
export const memoryIntake = () => {
  const vault = new MemoryVault(keys)
  const store = new MemoryStore({ clock })
  const recorder = new Recorder({ store, vault, clock })
  const kept: KeptBytes[] = []
  const bytes = {
    put: (items: readonly KeptBytes[]) => { const fresh = items.filter(({ id, version }) => !kept.some((one) => one.id === id && one.version === version)); kept.push(...fresh); return Promise.resolve(fresh.length) },
    get: (id: string) => Promise.resolve(kept.find((one) => one.id === id)),
    erased: () => Promise.resolve(new Set<string>()),
    among: (ids: readonly string[]) => Promise.resolve([...new Set(kept.flatMap(({ id }) => ids.includes(id) ? [id] : []))]),
    waitingFor: (streams: readonly string[]) => Promise.resolve([...new Set(kept.filter(({ waitsFor }) => waitsFor !== undefined && streams.includes(waitsFor)).map(({ id }) => id))]),
  } as unknown as QuarantinedBytes
  const cases = new Map<string, { readonly caseId: string }>()
  const lookUp = { openCaseOf: (person: string) => Promise.resolve(cases.get(person) ?? null) } as unknown as CaseLookUp
  const quarantine = new Quarantine(recorder, bytes)
  const retry = new QuarantineRetry({ recorder, vault, bytes, extracts: new ExtractRows({ recorder, vault, lookUp, clock }) })
  const deps = { recorder, vault, quarantine, retry, clock, lookUp }
  const events = async (categories?: readonly string[]): Promise<RecordedEvent[]> => { const found: RecordedEvent[] = []; for await (const event of recorder.read({ ...(categories && { filter: { categories } }) })) found.push(event); return found }
  const openCase = async (system: string, id: string): Promise<void> => { cases.set(await vault.personOf('case', [{ system, id }]), { caseId: '018f0000-0000-7000-8000-00000000000c' }) }
  return { nibrs: new NibrsImport(deps), kcpd: new KcpdImport(deps), mapped: new MappedImport(deps, PART), recorder, quarantine, retry, kept, events, openCase, fresh: () => cases.size === 0 }
}

/** Rows of an extract at once: few, so that a sample has several parts. */
const PART = 2
const runId = (n: number): string => `018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`
const sums = ({ read, accepted, duplicate, quarantined }: Sums['records']): boolean => read === accepted + duplicate + quarantined
/** What is wrong with what a file has recorded; `told`: what became of its records. */
export type Judge = (bytes: Buffer, events: readonly RecordedEvent[], told: readonly SettledRecord[]) => string[]
/** What is wrong with how the file is imported, and imported again; [] where nothing is. Throws what is no refusal. */
export const importedWhole = async (way: Way, bytes: Buffer, judgeLog?: Judge): Promise<string[]> => {
  const intake = memoryIntake()
  const wrong: string[] = []
  const run = async (n: number): Promise<{ readonly report: Sums; readonly told: readonly SettledRecord[] } | undefined> => {
    const told: SettledRecord[] = []
    try { return { report: await way(intake, bytes, runId(n), (record) => { told.push(record) }), told } } catch (error) {
      if (!(error instanceof Problem) || PROBLEM_TYPES[error.problem].status >= 500) throw error
      if (error.message.length < 10) wrong.push('refused without a word')
      return undefined
    }
  }
  const balanced = ({ report: { records, lines, complete }, told }: NonNullable<Awaited<ReturnType<typeof run>>>, which: string): void => {
    if (!complete) wrong.push(`${which}: the run did not come to its end`)
    if (!sums(records) || (lines && !sums(lines))) wrong.push(`${which}: read is not accepted + duplicate + quarantined: ${JSON.stringify([records, lines])}`)
    for (const outcome of ['accepted', 'duplicate', 'quarantined'] as const) if (told.filter((one) => one.outcome === outcome).length !== records[outcome]) wrong.push(`${which}: ${records[outcome]} ${outcome}, and ${told.filter((one) => one.outcome === outcome).length} told`)
  }
  const first = await run(1)
  if (!first) return wrong
  balanced(first, 'first')
  for (const { quarantine } of first.told) if (quarantine && quarantine.text.length < 10) wrong.push('quarantined without a word')
  const before = (await intake.events()).filter(({ stream }) => !stream.startsWith('importrun-'))
  if (judgeLog) wrong.push(...judgeLog(bytes, before, first.told))
  // What waited and came with the same file is no longer in quarantine; whatever is, is kept whole or is too long to be kept.
  const quarantined = before.filter(({ type }) => type === 'RecordQuarantined')
  for (const { data } of quarantined) { const { quarantineId, kept } = data as { quarantineId: string; kept: boolean }; if (kept !== intake.kept.some(({ id }) => id === quarantineId)) wrong.push('a record in quarantine without its bytes') }
  if (new Set(first.told.flatMap(({ quarantine }) => quarantine ? [quarantine.id] : [])).size !== quarantined.length) wrong.push('records told as quarantined that are not those in quarantine')
  const again = await run(2)
  if (!again) { wrong.push('refused the second time'); return wrong }
  balanced(again, 'again')
  if (again.report.records.accepted > 0) wrong.push(`again: ${again.report.records.accepted} accepted anew`)
  const after = (await intake.events()).filter(({ stream }) => !stream.startsWith('importrun-'))
  if (after.length !== before.length) wrong.push(`again: ${after.slice(before.length).map(({ type }) => type).join(', ')} recorded anew`)
  return wrong
}
