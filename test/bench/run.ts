/** npm run bench -- NAME [--json] [--quick]: measures, and prints a table or JSON rows. A new bench is one more line in BENCHES. */
import { parseArgs } from 'node:util'
import { append } from './append'
import { consume } from './consume'
import { destroyKey } from './destroy-key'
import { endToEnd } from './end-to-end'
import { importBench } from './import'
import { linkage } from './linkage'
import { relay } from './relay'
import { replay } from './replay'
import { benchServer, fdatasyncRate, serverFacts } from './server'
import { printTable, type Row } from './table'
import { takeOver } from './take-over'
import { verify } from './verify'

export interface BenchOptions {
  /** small and rough: for trying out */
  readonly quick: boolean
  readonly seed: number
  readonly writers?: readonly number[]
  readonly batches?: readonly number[]
  readonly events?: number
  readonly lines?: readonly number[]
  readonly feeds?: readonly string[]
  readonly forms?: readonly ('embedded' | 'kafka')[]
  /** persons on record */
  readonly known?: number
  readonly lingerMs: number
  /** a database to read instead of one filled for the purpose */
  readonly on?: string
  readonly progress: (text: string) => void
}
export interface Bench { readonly summary: string; run(options: BenchOptions): Promise<{ rows: Row[]; notes: string[] }> }

const BENCHES: Readonly<Record<string, Bench>> = { append, replay, import: importBench, relay, consume, 'end-to-end': endToEnd, 'take-over': takeOver, 'destroy-key': destroyKey, verify, linkage }

const USAGE = `npm run bench -- NAME [--json] [--quick] [--seed N]
${Object.entries(BENCHES).map(([name, { summary }]) => `  ${name.padEnd(11)} ${summary}`).join('\n')}
  --json            rows as JSON on standard output, progress on standard error
  --quick           small and rough
  --writers 1,32    append: only these numbers of writers
  --batches 1,10    append: only these sizes of batches
  --linger MS       append: how long a batch waits for company (0 to 2)
  --events N        replay, verify: events in each log (default 1000000); relay, consume: events of the backlog (default 100000);
                    end-to-end: cases (default 300); take-over: times each is struck (default 10)
  --known 100000    linkage: so many persons on record for the whole run (default 10000)
  --forms embedded  end-to-end: only this form, or kafka
  --lines 20000,…   import: only files of so many lines (of an extract: rows)
  --feeds kcpd,…    import: only these feeds: nibrs, nibrs-xml, kcpd, extract (each target), or an extract by its sample's name (arrests)
  --on URL          replay: read the log of this database`

const formsOf = (text: string): ('embedded' | 'kafka')[] => text.split(',').filter((form) => form === 'embedded' || form === 'kafka')

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean' }, quick: { type: 'boolean' }, seed: { type: 'string' }, writers: { type: 'string' }, batches: { type: 'string' }, events: { type: 'string' }, known: { type: 'string' }, lines: { type: 'string' }, feeds: { type: 'string' }, forms: { type: 'string' }, linger: { type: 'string' }, on: { type: 'string' }, help: { type: 'boolean' } },
  })
  const name = positionals[0] ?? ''
  const bench = BENCHES[name]
  if (!bench || values.help) {
    console.error(values.help ? USAGE : `bench: ${name ? `there is no bench "${name}"` : 'say which one'}\n${USAGE}`)
    return values.help ? 0 : 2
  }
  const numbers = (text: string): number[] => text.split(',').map(Number)
  const stop = await benchServer()
  try {
    const { version, durable } = await serverFacts()
    if (!durable) console.error('bench: this server does not wait for the disk (fsync or synchronous_commit is off): the figures say nothing of durable appends')
    const { rows, notes } = await bench.run({
      quick: values.quick ?? false, seed: Number(values.seed ?? 1), lingerMs: Number(values.linger ?? 0),
      ...(values.writers && { writers: numbers(values.writers) }), ...(values.batches && { batches: numbers(values.batches) }), ...(values.events && { events: Number(values.events) }), ...(values.known && { known: Number(values.known) }), ...(values.lines && { lines: numbers(values.lines) }), ...(values.feeds && { feeds: values.feeds.split(',') }), ...(values.on && { on: values.on }), ...(values.forms && { forms: formsOf(values.forms) }),
      progress: (text) => console.error(text),
    })
    if (values.json) console.log(JSON.stringify({ bench: name, node: process.version, postgres: version, durable, rows }, null, 2))
    else {
      console.log(`${name} · node ${process.version} · PostgreSQL ${version} · ${durable ? 'durable' : 'NOT DURABLE'} · fdatasync ${Math.round(fdatasyncRate(300)).toLocaleString('en-US')}/s`)
      printTable(rows)
      for (const note of notes) console.log(note)
    }
    return 0
  } finally {
    await stop()
  }
}

main().then((code) => { process.exitCode = code }, (error: unknown) => { console.error(error); process.exitCode = 1 })
