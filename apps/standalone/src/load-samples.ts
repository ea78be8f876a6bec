import { createReadStream, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { NibrsImport } from '../../intake/src/import-run/import-nibrs'
import { CLOCK, newId, repositoryRoot, STORE, type Clock } from '@chorus/platform'
import type { EventStore } from '@chorus/event-store'
import type { Chorus } from './boot'
import type { ReadySettings } from './standalone.module'

/**
 * On the first run of a demonstration, while no agency's file was imported yet, imports the sample files that come with
 * Chorus, in the order of their names. CHORUS_SAMPLES=0 leaves them out.
 */
export const loadSamples = async ({ app }: Chorus, settings: ReadySettings, say: (line: string) => void): Promise<void> => {
  if (settings.mode !== 'demonstration' || process.env.CHORUS_SAMPLES === '0') return
  const store = app.get<EventStore>(STORE, { strict: false })
  for await (const _ of store.readAll({ filter: { types: ['ImportRunStarted'] } })) return
  const clock = app.get<Clock>(CLOCK, { strict: false })
  const folder = join(repositoryRoot(), 'samples', 'nibrs')
  for (const name of readdirSync(folder).filter(file => file.endsWith('.txt')).sort()) {
    const path = join(folder, name)
    const report = await app.get(NibrsImport, { strict: false }).run(
      { source: createReadStream(path), bytes: statSync(path).size, name },
      { runId: newId(clock), actor: { id: 'demonstration', role: 'agencyFeed', agency: 'CITY' }, dryRun: false },
    )
    const { read, accepted, duplicate, quarantined } = report.lines
    say(`  sample   ${name}: ${read} lines = ${accepted} accepted + ${duplicate} duplicate + ${quarantined} quarantined`)
  }
}
