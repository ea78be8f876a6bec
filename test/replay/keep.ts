/**
 * Keeps the examples of this build's event versions as stored streams, one for each category:
 *   node -r ./test/support/register.js test/replay/keep.ts NAME
 * Run it before a writer changes to a new version, and commit the files. A file that is there is never written again.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventRegistry, type DraftEvent } from '@chorus/contracts'
import { leafOf, MemoryStore, Recorder } from '@chorus/event-store'
import { examplePath } from '../../infra/catalogue'
import { ShowingVault, streamsFolder, type KeptStream } from './kept-streams'

/** The order in which the events of a category happen; a type that is not named comes last. */
const ORDER = [
  'IncidentReported', 'ArrestRecorded', 'IntimatePartnerRelationshipConfirmed', 'PrimaryAggressorDetermined', 'ReferralReceived', 'ReferralExcluded', 'CaseOpened',
  'LevelProposed', 'LevelProposalDeclined', 'LevelAssigned', 'LevelChanged', 'CaseClosed', 'RecordQuarantined', 'QuarantinedRecordRepaired', 'QuarantinedRecordReleased', 'ParkedWorkResolved', 'ImportRunStarted', 'ImportRunFinished', 'PairSidesRecorded', 'CrossComplaintReviewed', 'EventRetracted',
]
const rank = (type: string): number => { const at = ORDER.indexOf(type); return at < 0 ? ORDER.length : at }
const ID = '018f2a60-0000-8000-8000-000000000001'
const AT = '2026-07-02T20:10:00.000Z'

const keep = async (category: string, types: readonly string[]): Promise<KeptStream> => {
  const vault = new ShowingVault()
  const store = new MemoryStore({ clock: { now: () => AT } })
  const recorder = new Recorder({ store, vault, clock: { now: () => AT } })
  const stream = `${category}-${ID}`
  for (const [at, type] of types.entries()) {
    const { version } = eventRegistry.latest(type)
    const example = JSON.parse(readFileSync(examplePath({ type, version }), 'utf8')) as DraftEvent
    const commandId = `018f2a60-0000-7000-8000-${String(at).padStart(12, '0')}`
    const reported = ['IncidentReported', 'ArrestRecorded', 'TimeWindowReported'].includes(type)
    const draft: DraftEvent = reported ? { ...example, timeText: 'FICTION TIME', sourceRecord: { system: 'nibrs-flat-file', id: `FICTION-${type}`, version: 1, mapping: 'nibrs-flat@1' } } : example
    const outcome = await recorder.record(stream, at - 1, [draft], { commandId, correlationId: commandId, causationId: null, actor: { id: 'u-fictional-1', role: 'intakeAnalyst', agency: 'KCPD' }, source: { agency: 'KCPD', system: 'chorus' }, now: AT })
    if (!outcome.ok) throw new Error(`${type}: ${outcome.text}`)
  }
  const events = []
  for await (const event of store.readStream(stream)) events.push({ ...event, leaf: leafOf(event.text) })
  return { stream, keys: vault.given, events }
}

const main = async (): Promise<void> => {
  const name = process.argv[2]
  if (!name || !/^[a-z0-9-]+$/.test(name)) throw new Error('give the files a name of small letters, digits and dashes, e.g. before-referral-v2')
  const byCategory = new Map<string, Set<string>>()
  for (const { type, categories } of eventRegistry.all()) for (const category of categories) byCategory.set(category, (byCategory.get(category) ?? new Set()).add(type))
  for (const [category, types] of byCategory) {
    mkdirSync(join(streamsFolder, category), { recursive: true })
    const kept = await keep(category, [...types].sort((a, b) => rank(a) - rank(b)))
    writeFileSync(join(streamsFolder, category, `${name}.json`), `${JSON.stringify(kept, null, 1)}\n`, { flag: 'wx' })
  }
}
main().catch((error: unknown) => { process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`); process.exitCode = 1 })
