/** Verifies a filled log for the verify bench, in a process of its own. */
import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { PostgresStore, walkRange } from '@chorus/event-store'
import { CheckpointFolder, keyName, Signer, signerOf, verifyLog } from '@chorus/tamper-evidence'
import { peakRssMb } from './table'
import { serve } from './worker'

export interface VerifyJob { readonly do: 'verify' | 'baseline'; readonly url: string }
export interface VerifyDone {
  readonly events: number; readonly seconds: number; readonly peakRssMb: number
  /** resident memory half way and at the end, MiB */
  readonly rssMb: readonly [number, number]
  /** of signing all of it for the first time, and of verifying again when nothing is new, s */
  readonly signSeconds: number; readonly againSeconds: number
  readonly checkpoints: number
}

const mb = (): number => Math.round(process.memoryUsage.rss() / 1024 / 1024)
const seconds = async (work: () => Promise<unknown>): Promise<number> => { const from = performance.now(); await work(); return (performance.now() - from) / 1000 }
const clock = { now: () => new Date().toISOString() }
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** What anybody would write first: a cursor, each text hashed, each link computed from the one before it. */
const baseline = async (url: string): Promise<number> => {
  const sql = postgres(url, { max: 1, fetch_types: false, types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } } })
  let previous = ''
  let events = 0
  const sha = (text: string): string => createHash('sha256').update(text).digest('hex')
  const rows = sql<{ ordinal: number; recordedtime: string; text: string; link: string }[]>`
    select ordinal, to_char(recordedtime at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as recordedtime, text, encode(link, 'hex') as link from log.events order by ordinal`
  for await (const page of rows.cursor(5000)) {
    for (const row of page) {
      if (events > 0 && sha(`${previous}|${row.ordinal}|${row.recordedtime}|${sha(row.text)}`) !== row.link) throw new Error(`ordinal ${row.ordinal}`)
      previous = row.link
      events += 1
    }
  }
  await sql.end()
  return events
}

serve<VerifyJob, VerifyDone>(async (job) => {
  const store = await PostgresStore.open({ url: job.url })
  const head = await store.head()
  return async () => {
    if (job.do === 'baseline') {
      let events = 0
      const taken = await seconds(async () => { events = await baseline(job.url) })
      await store.close()
      return { events, seconds: taken, peakRssMb: peakRssMb(), rssMb: [0, 0], signSeconds: 0, againSeconds: 0, checkpoints: 0 }
    }
    const path = mkdtempSync(join(tmpdir(), 'chorus-verify-'))
    const folder = new CheckpointFolder({ folder: path })
    const signer = signerOf(keyName(store.log), generateKeyPairSync('ed25519').privateKey)
    const process = new Signer({
      store, signer, place: folder, clock, elapsed: () => performance.now(), logger: quiet,
      lease: { acquire: async () => 1, renew: async () => undefined, check: () => undefined, release: async () => undefined }, remembered: { look: async () => undefined, move: async () => undefined },
    })
    const signSeconds = await seconds(() => process.look())
    let half = 0
    let done = 0
    const verify = async (full: boolean): Promise<number> => {
      const report = await verifyLog({
        store, folder, signer, verifier: signer.verifier, clock, full,
        walk: (range, onWalked) => walkRange(store, range, { onWalked: (events) => { onWalked(events); done += events; if (half === 0 && done * 2 >= head.ordinal) half = mb() } }),
      })
      if (!report.ok) throw new Error(report.text)
      if (full) checkpoints = report.checkpoints
      return report.checked
    }
    let checkpoints = 0
    let events = 0
    const taken = await seconds(async () => { events = await verify(true) })
    const end = mb()
    const againSeconds = await seconds(() => verify(false))
    await store.close()
    rmSync(path, { recursive: true })
    if (events !== head.ordinal) throw new Error(`verified ${events} of ${head.ordinal} events`)
    return { events, seconds: taken, peakRssMb: peakRssMb(), rssMb: [half, end], signSeconds, againSeconds, checkpoints }
  }
})
