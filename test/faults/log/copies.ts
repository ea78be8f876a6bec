/** kill -9 in the middle of `chorus log copy`, the command itself, while the source is recorded in: the same command goes on, nothing is doubled, both digests are one. */
import { fork, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { PostgresStore, verifyChain, type CopyDone } from '@chorus/event-store'
import { postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import { KurrentDouble } from '../../../libs/event-store/src/testing/kurrentdb-double'
import { removeFolder, sharedDatabase } from './ground'
import { chanceOf, live, PATIENCE_MS, type Chance, type Kind } from './kinds'
import { holds, type Load } from './load'
import { REGISTER } from './service'

/** loaded ahead */
const SPARES = 2
/** so that a copy is several writes */
const PADDING = 'x'.repeat(4000)
const FILLED = 300

interface Ended { readonly code: number | null; readonly out: string; readonly said: string }
interface Leg { readonly from: string; readonly to: string; /** events that the target has */ readonly reached: () => Promise<number> }

/** A process of the command, loaded before anything is struck. */
const loaded = (databaseUrl: string): Promise<ChildProcess> => {
  const child = fork(join(__dirname, 'copy-process.ts'), [], { execArgv: ['-r', REGISTER], stdio: ['ignore', 'pipe', 'pipe', 'ipc'], env: { ...process.env, DATABASE_URL: databaseUrl } })
  const spare = new Promise<ChildProcess>((resolve, reject) => { child.once('message', () => resolve(child)); child.once('exit', (code) => reject(new Error(`the command could not be loaded: code ${String(code)}`))) })
  // it is told where it is taken: until then nobody waits for it
  spare.catch(() => undefined)
  return spare
}

class Copies {
  private readonly waiting: Promise<ChildProcess>[]
  /** @param databaseUrl where the places are of a log in KurrentDB */
  constructor(private readonly databaseUrl: string) { this.waiting = Array.from({ length: SPARES }, () => loaded(databaseUrl)) }

  async begin({ from, to }: Leg): Promise<{ readonly child: ChildProcess; readonly ended: Promise<Ended> }> {
    const child = await this.waiting.shift()!
    this.waiting.push(loaded(this.databaseUrl))
    const [out, said]: [string[], string[]] = [[], []]
    child.stdout!.on('data', (chunk: Buffer) => { out.push(chunk.toString()) })
    child.stderr!.on('data', (chunk: Buffer) => { said.push(chunk.toString()) })
    const ended = new Promise<Ended>((resolve) => { child.once('close', (code) => resolve({ code, out: out.join(''), said: said.join('') })) })
    child.send(['log', 'copy', '--from', from, '--to', to, '--json', '--quiet'])
    return { child, ended }
  }

  /** Begins a copy and kills it on its way to `of` events. */
  async killedOnItsWay(leg: Leg, of: number, chance: Chance): Promise<string> {
    const before = await leg.reached()
    const wanted = before + 1 + chance.below(Math.max(1, Math.floor((of - before) / 2)))
    const { child, ended } = await this.begin(leg)
    let over = false
    void ended.then(() => { over = true })
    for (const deadline = performance.now() + PATIENCE_MS; !over && await leg.reached() < wanted && performance.now() < deadline;) await holds(() => over, 1)
    await holds(() => over, chance.below(12))
    const cameThrough = over
    child.kill('SIGKILL')
    await ended
    return cameThrough ? 'it came through' : `killed at ${await leg.reached()} of ${of}`
  }

  /** The same command, undisturbed: what is wrong with how it ended. */
  async ends(leg: Leg): Promise<{ readonly done?: CopyDone; readonly faults: readonly string[] }> {
    const { code, out, said } = await (await this.begin(leg)).ended
    if (code !== 0) return { faults: [`the copy ended with code ${String(code)}: ${out}${said}`] }
    const done = JSON.parse(out) as CopyDone & { readonly equal: boolean }
    return { done, faults: done.equal && done.digests.source === done.digests.target ? [] : [`the copy says: ${out.trim()}`] }
  }

  end(): void { for (const one of this.waiting) one.then((child) => child.kill('SIGKILL'), () => undefined) }
}

/** One that came through is no kill: once more, when more was recorded. */
const killed = async (copies: Copies, leg: Leg, load: Load, chance: Chance): Promise<string> => {
  for (let tries = 1; ; tries++) {
    const befell = await copies.killedOnItsWay(leg, load.acknowledged.size, chance)
    if (befell.startsWith('killed') || tries === 5) return befell
    await load.more(FILLED, PATIENCE_MS)
  }
}

const reachOf = (sql: Sql) => async (): Promise<number> => (await sql<{ ordinal: number }[]>`select ordinal::int as ordinal from log.head`)[0]!.ordinal

export const copy: Kind = async (seed, strikes = 2) => {
  const chance = chanceOf(seed, 'copy')
  const [source, target] = [await sharedDatabase(), await sharedDatabase()]
  const copies = new Copies(source.appUrl)
  // one in four by way of KurrentDB, which takes events more slowly than they are recorded: struck more often it would never come to its end
  const double = seed % 4 === 0 ? await KurrentDouble.start() : undefined
  const sql = postgres(target.ownerUrl, { max: 1, onnotice: () => undefined })
  const toPostgres: Leg = { from: double?.url ?? source.appUrl, to: target.ownerUrl, reached: reachOf(sql) }
  const first: Leg = double ? { from: source.appUrl, to: double.url, reached: async () => double.log.all.filter(({ stream }) => stream.startsWith('incident-')).length } : toPostgres
  const befell: string[] = []
  try {
    const outcome = await live({ job: { folder: source.folder, url: source.appUrl }, seed, chance, strikes: 1 + (double ? Math.min(strikes, 1) : strikes), padding: PADDING, strike: async ({ load, faults }, round) => {
      if (round === 0) await load.more(FILLED, PATIENCE_MS)
      if (round !== 1) return killed(copies, first, load, chance)
      const ended = await copies.ends(first)
      faults.push(...ended.faults)
      return `while it was recorded in: ${ended.done?.through ?? 0} of ${ended.done?.source ?? 0}`
    }, atLast: async () => {
      const faults = [...(await copies.ends(first)).faults]
      if (double) befell.push(`from KurrentDB: ${await copies.killedOnItsWay(toPostgres, await first.reached(), chance)}`)
      const { done, faults: found } = await copies.ends(toPostgres)
      if (!double && done?.copied !== 0) faults.push(`copied once more it copied ${done?.copied ?? 'nothing'}`)
      return [...faults, ...found, ...await notAlike(source.appUrl, target.appUrl)]
    } })
    return { ...outcome, befell: [...outcome.befell, ...befell] }
  } finally {
    copies.end()
    await sql.end()
    double?.stop()
    for (const { drop, folder } of [source, target]) { await drop(); removeFolder(folder) }
  }
}

/** Event for event, as services read them. */
const notAlike = async (...urls: readonly [string, string]): Promise<string[]> => {
  const [source, target] = await Promise.all(urls.map((url) => PostgresStore.open({ url, max: 1 })))
  try {
    const there = target!.readAll()[Symbol.asyncIterator]()
    for await (const event of source!.readAll()) {
      const { value } = await there.next() as { value?: typeof event }
      if (JSON.stringify(value) !== JSON.stringify(event)) return [`at ordinal ${event.ordinal} the copy has ${value ? `${value.id}, ordinal ${value.ordinal}` : 'nothing'}`]
    }
    if (!(await there.next()).done) return ['the copy has more events than its source']
    const chain = await verifyChain(target!)
    return chain.ok ? [] : [chain.text]
  } finally {
    await Promise.all([source!.close(), target!.close()])
  }
}
