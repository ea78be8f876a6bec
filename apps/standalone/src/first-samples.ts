/** The first start of a demonstration: a log that has never seen an import is given the sample files of the repository. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { EventStore } from '@chorus/event-store'
import { CLOCK, Followers, newId, repositoryRoot, STORE, type Clock } from '@chorus/platform'
import { NibrsImport } from '../../intake/src/import-run/import-nibrs'
import type { Chorus } from './boot'

/** How long the greeting waits for what follows from the samples, in ms. */
const PATIENCE = 20_000
const ACTOR = { id: 'first-start', role: 'agencyFeed', agency: 'KCPD' }

/** Imports samples/nibrs/*.txt in the order of their names, unless some import was ever begun on this log. */
export const loadFirstSamples = async ({ app }: Chorus, say: (line: string) => void): Promise<void> => {
  const store = app.get<EventStore>(STORE, { strict: false })
  for await (const _ of store.readAll({ filter: { types: ['ImportRunStarted'] } })) return
  const clock = app.get<Clock>(CLOCK, { strict: false })
  const nibrs = app.get(NibrsImport, { strict: false })
  const folder = join(repositoryRoot(), 'samples', 'nibrs')
  const files = (await readdir(folder)).filter((name) => name.endsWith('.txt')).sort().map((name) => join(folder, name))
  for (const file of files) {
    const sha256 = createHash('sha256').update(await readFile(file)).digest('hex')
    const { lines } = await nibrs.run({ source: createReadStream(file), bytes: (await stat(file)).size, sha256, name: basename(file) }, { runId: newId(clock), actor: ACTOR, dryRun: false })
    say(`sample file ${basename(file)}: ${lines.read} lines read = ${lines.accepted} accepted + ${lines.duplicate} duplicate + ${lines.quarantined} quarantined`)
  }
  const { ordinal } = await store.head()
  await Promise.all(app.get(Followers, { strict: false }).all().map((follower) => follower.reached(ordinal, PATIENCE)))
}
