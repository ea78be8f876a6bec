import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { EventStore } from '@chorus/event-store'
import { CLOCK, Followers, newId, repositoryRoot, STORE, type Clock } from '@chorus/platform'
import { NibrsImport } from '../../intake/src/import-run/import-nibrs'
import type { Chorus } from './boot'
import type { ReadySettings } from '@chorus/composition'

/** How long the greeting waits for what follows from the samples, in ms. */
const PATIENCE = 20_000

/**
 * On the first run of a demonstration, while no agency's file was imported yet, imports the sample files that come with
 * Chorus, in the order of their names, and waits for what follows from them. CHORUS_SAMPLES=0 leaves them out. Stopped
 * half-way, the next start leaves it be: `chorus import nibrs` finishes what is missing.
 */
export const loadFirstSamples = async ({ app }: Chorus, settings: ReadySettings, say: (line: string) => void, signal: AbortSignal): Promise<void> => {
  if (settings.mode !== 'demonstration' || settings.samples === '0') return
  const store = app.get<EventStore>(STORE, { strict: false })
  for await (const _ of store.readAll({ filter: { categories: ['importrun'], types: ['ImportRunStarted'] } })) return
  const clock = app.get<Clock>(CLOCK, { strict: false })
  const nibrs = app.get(NibrsImport, { strict: false })
  const folder = join(repositoryRoot(), 'samples', 'nibrs')
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.txt')).sort()) {
    const file = readFileSync(join(folder, name))
    const { lines } = await nibrs.run(
      { source: Readable.from([file]), bytes: file.length, sha256: createHash('sha256').update(file).digest('hex'), name },
      { runId: newId(clock), actor: { id: 'demonstration', role: 'agencyFeed', agency: 'CITY' }, dryRun: false, signal },
    )
    if (signal.aborted) return
    say(`  sample   ${name}: ${lines.read} lines = ${lines.accepted} accepted + ${lines.duplicate} duplicate + ${lines.quarantined} quarantined`)
  }
  // A reaction's own events are followed too: whoever has seen the last of those has seen them all.
  const followers = app.get(Followers, { strict: false }).all()
  for (let seen = -1, { ordinal } = await store.head(); ordinal > seen && !signal.aborted; { ordinal } = await store.head()) {
    seen = ordinal
    if (!(await Promise.all(followers.map((follower) => follower.reached(seen, PATIENCE)))).every(Boolean)) return
  }
}
