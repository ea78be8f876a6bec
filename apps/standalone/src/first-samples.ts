import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { ImportRunFinishedV1 } from '@chorus/contracts'
import { decode, type EventStore } from '@chorus/event-store'
import { CLOCK, Followers, newId, repositoryRoot, STORE, type Clock } from '@chorus/platform'
import { NibrsImport } from '../../intake/src/import-run/import-nibrs'
import type { Chorus } from './boot'
import type { ReadySettings } from '@chorus/composition'

/** How long the greeting waits for what follows from the samples, in ms. */
const PATIENCE = 20_000

/** Who imports the samples. */
const ACTOR = { id: 'demonstration', role: 'agencyFeed', agency: 'CITY' } as const

/** How many of the samples have been read to their end; undefined once anybody else has imported a file. */
const wholeSamples = async (store: EventStore): Promise<number | undefined> => {
  let whole = 0
  for await (const event of store.readAll({ filter: { categories: ['importrun'], types: ['ImportRunStarted', 'ImportRunFinished'] } })) {
    const { actor, data } = decode(event)
    if (actor.id !== ACTOR.id) return undefined
    if (event.type === 'ImportRunFinished' && (data as ImportRunFinishedV1).complete) whole += 1
  }
  return whole
}

/**
 * On the first run of a demonstration, while no agency's file was imported yet, imports the sample files that come with
 * Chorus, in the order of their names, and waits for what follows from them. CHORUS_SAMPLES=0 leaves them out. Stopped
 * half-way, the next start goes on with what is missing.
 */
export const loadFirstSamples = async ({ app }: Chorus, settings: ReadySettings, say: (line: string) => void, signal: AbortSignal): Promise<void> => {
  if (settings.mode !== 'demonstration' || settings.samples === '0') return
  const store = app.get<EventStore>(STORE, { strict: false })
  const whole = await wholeSamples(store)
  if (whole === undefined) return
  const clock = app.get<Clock>(CLOCK, { strict: false })
  const nibrs = app.get(NibrsImport, { strict: false })
  const folder = join(repositoryRoot(), 'samples', 'nibrs')
  const missing = readdirSync(folder).filter((file) => file.endsWith('.txt')).sort().slice(whole)
  if (missing.length === 0) return
  for (const name of missing) {
    const file = readFileSync(join(folder, name))
    const { lines, complete } = await nibrs.run(
      { source: Readable.from([file]), bytes: file.length, sha256: createHash('sha256').update(file).digest('hex'), name },
      { runId: newId(clock), actor: ACTOR, dryRun: false, signal },
    )
    if (!complete) return
    say(`  sample   ${name}: ${lines.read} lines = ${lines.accepted} accepted + ${lines.duplicate} duplicate + ${lines.quarantined} quarantined`)
    if (signal.aborted) return
  }
  // A reaction's own events are followed too: whoever has seen the last of those has seen them all.
  const followers = app.get(Followers, { strict: false }).all()
  for (let seen = -1, { ordinal } = await store.head(); ordinal > seen && !signal.aborted; { ordinal } = await store.head()) {
    seen = ordinal
    if (!(await Promise.all(followers.map((follower) => follower.reached(seen, PATIENCE)))).every(Boolean)) return
  }
}
