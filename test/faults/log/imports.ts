/** kill -9 in the middle of an import, of the whole Chorus as it is started: the same file, sent again, completes what was begun. */
import { fork, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { PostgresStore, verifyChain } from '@chorus/event-store'
import { asRole, issueToken, readRun, systemClock } from '@chorus/platform'
import { importFile, type ImportHow } from '../../support/import-file'
import { manyIncidents } from '../../support/many-incidents'
import { MOST_RESTARTS } from '../../../libs/platform/src/kept-up'
import { dataFolder, killAll, postgresOf, removeFolder } from './ground'
import { chanceOf, PATIENCE_MS, type Kind } from './kinds'
import { holds } from './load'
import { REGISTER } from './service'

const MAIN = join(__dirname, '../../../apps/standalone/src/main.ts')
const LINES = 3000
/** after so long at most it is struck */
const MOST_MS = 700
/** files that may be through before they are struck: then the next one is struck sooner */
const TRIES = 10

interface Chorus { readonly child: ChildProcess; readonly address: string; readonly ended: Promise<void> }
const start = async (data: string): Promise<Chorus> => {
  const { DATABASE_URL: _, DATABASE_OWNER_URL: __, ...env } = process.env
  const child = fork(MAIN, { execArgv: ['-r', REGISTER], env: { ...env, CHORUS_DATA: data, CHORUS_PORT: '0', CHORUS_LOG_LEVEL: 'silent', CHORUS_SAMPLES: '0' }, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const said: string[] = []
  child.stderr!.on('data', (chunk: Buffer) => { said.push(chunk.toString()) })
  const ended = new Promise<void>((resolve) => { child.once('exit', () => resolve()) })
  const address = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { address: string }).address))
    void ended.then(() => reject(new Error(`Chorus did not start again: ${said.join('')}`)))
  })
  return { child, address, ended }
}

export const imports: Kind = async (seed, strikes = 3) => {
  const chance = chanceOf(seed, 'import')
  const data = await dataFolder()
  const file = Buffer.concat([...manyIncidents(LINES)])
  const how: ImportHow = { sha256: createHash('sha256').update(file).digest('hex'), bytes: file.length }
  const bearer = async (): Promise<string> => `Bearer ${await issueToken(data, systemClock, { role: 'intakeAnalyst', agency: 'KCPD' })}`
  const befell: string[] = []
  let chorus = await start(data)
  let most = MOST_MS
  /** of PostgreSQL, under the Chorus that runs: one that dies again and again is not started for ever */
  let restarts = 0
  /** Ended since PostgreSQL was struck again while it came back: started again, as whoever keeps it would. */
  const keep = async (): Promise<void> => { if (chorus.child.exitCode !== null) { chorus = await start(data); restarts = 0 } }
  try {
    for (let round = 0; round < strikes; round++) {
      const victim = chance.pick(restarts < MOST_RESTARTS - 1 ? ['Chorus', 'PostgreSQL', 'both'] : ['Chorus', 'both'])
      let [answer, over] = [Promise.resolve(''), true]
      for (let [tries, deadline] = [1, performance.now() + PATIENCE_MS]; ;) {
        const began = performance.now()
        over = false
        answer = importFile({ address: chorus.address, bearer }, Readable.from([file]), how).then(() => 'went on', () => 'cut off').finally(() => { over = true })
        await holds(() => over, 20 + chance.below(most))
        if (!over || tries === TRIES || performance.now() > deadline) break
        if (await answer === 'went on') { tries++; most = Math.max(20, Math.floor((performance.now() - began) / 2)) } else { await holds(() => false, 100); await keep() } // PostgreSQL is not back yet
      }
      const late = over
      killAll([...victim === 'PostgreSQL' ? [] : [chorus.child.pid!], ...victim === 'Chorus' ? [] : postgresOf(data)])
      // who is let live may go on by itself, once PostgreSQL is back
      const became = await answer
      befell.push(`${victim}: ${late ? 'it was through' : became}`)
      if (victim === 'PostgreSQL') { restarts++; continue }
      restarts = 0
      await chorus.ended
      chorus = await start(data)
    }
    // while PostgreSQL comes back it is told to come again
    let report: Awaited<ReturnType<typeof importFile>> | undefined
    for (const deadline = performance.now() + PATIENCE_MS; report === undefined && performance.now() < deadline;) {
      report = await importFile({ address: chorus.address, bearer }, Readable.from([file]), how).catch(() => undefined)
      if (!report) { await holds(() => false, 200); await keep() }
    }
    if (!report) return { befell, faults: [`the file was not taken within ${PATIENCE_MS / 1000} s`] }
    const { records, statistics, complete } = report
    const faults: string[] = []
    if (!complete || records.read !== records.accepted + records.duplicate + records.quarantined) faults.push(`${records.read} records were read; ${records.accepted} accepted, ${records.duplicate} duplicates, ${records.quarantined} quarantined; complete: ${complete}`)
    if (records.quarantined > 0) faults.push(`${records.quarantined} records wait in quarantine; the file has none such`)
    const { app } = JSON.parse(readFileSync(join(data, 'postgres.json'), 'utf8')) as { app: string }
    // whoever logs in has no rights of his own: evaluation reads everything
    const store = await PostgresStore.open({ url: asRole(`postgres://chorus_app:${app}@127.0.0.1:${readRun(data)!.postgresPort}/chorus`, 'evaluation'), max: 1 })
    try {
      let incidents = 0
      for await (const { type } of store.readAll({ filter: { categories: ['incident'] } })) if (type === 'IncidentReported') incidents += 1
      if (incidents !== statistics.incidents) faults.push(`the file has ${statistics.incidents} incidents, the log ${incidents}`)
      const chain = await verifyChain(store)
      if (!chain.ok) faults.push(chain.text)
    } finally {
      await store.close()
    }
    return { befell, faults }
  } finally {
    chorus.child.kill('SIGTERM')
    await chorus.ended
    removeFolder(data)
  }
}
