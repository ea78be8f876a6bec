/** An operator finds what a consumer could not work, mends it, and settles the rest: on the command line, on whatever form of Chorus. */
import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { INestApplication } from '@nestjs/common'
import type { Sql } from 'postgres'
import type { Role } from '@chorus/contracts'
import { Consumer, Permanent, type EventBus } from '@chorus/event-bus'
import type { EventStore } from '@chorus/event-store'
import { BUS, DATABASE, Followers, repositoryRoot, STORE, systemClock } from '@chorus/platform'
import { EXIT } from '../../apps/cli/src/exit'
import { runCommandLine } from '../../apps/cli/src/program'
import { importFile } from './import-file'

/** The Chorus that an operator is at. */
export interface FormOfChorus {
  /** of the process in which the consumer is: its own, or the one of all services */
  app(): INestApplication
  /** where that process answers */
  address(): string
  /** where agency files go */
  readonly intake: string
  /** settings of the command line that lead to it */
  env(): Readonly<Record<string, string>>
  bearer(role: Role): Promise<string>
  /** stops the consumer's process and starts it again */
  again(): Promise<void>
  close(): Promise<void>
}

const NAME = 'sample.on-incident-reported'
const sample = (name: string) => createReadStream(join(repositoryRoot(), 'samples/nibrs', name))

export function describeDeadLetters(form: string, start: () => Promise<FormOfChorus>): void {
  describe(`dead letters, from the list to the last of them: ${form}`, () => {
    let chorus: FormOfChorus
    let consumer: Consumer
    /** stream -> revisions in the order in which the reaction worked them */
    const worked = new Map<string, number[]>()
    const broken = new Map<string, string>()
    /** streams that the second file speaks of again */
    let changed: string[]

    const consume = async (): Promise<void> => {
      const app = chorus.app()
      consumer = app.get(Followers, { strict: false }).add(new Consumer({
        name: NAME, topics: ['justice.incidents.v1'], types: ['IncidentReported', 'EventRetracted'], bus: app.get<EventBus>(BUS, { strict: false }), store: app.get<EventStore>(STORE, { strict: false }), database: app.get<Sql>(DATABASE, { strict: false }), clock: systemClock, pollMs: 20,
        react: ({ stream, revision }) => {
          const cause = revision === 0 ? broken.get(stream) : undefined
          if (cause !== undefined) return Promise.reject(new Permanent(cause, 'The sample district of this incident is not in the table. Add it, then retry.'))
          worked.set(stream, [...worked.get(stream) ?? [], revision])
          return Promise.resolve()
        },
      }))
      await consumer.start()
    }
    const chorusCommand = async (...argv: string[]): Promise<{ code: number; out: string; err: string }> => {
      const texts = { out: '', err: '' }
      const sink = (name: 'out' | 'err'): PassThrough => new PassThrough().on('data', (chunk: Buffer) => { texts[name] += chunk.toString() })
      const code = await runCommandLine({ stdout: sink('out'), stderr: sink('err'), env: chorus.env(), clock: systemClock, watch: () => 0, signal: new AbortController().signal, argv })
      await new Promise((resolve) => setImmediate(resolve))
      return { code, ...texts }
    }
    const operator = (...argv: string[]) => chorusCommand('dead-letters', ...argv)
    const asked = async <T>(...argv: string[]): Promise<T> => {
      const { code, out, err } = await operator(...argv, '--json')
      assert.equal(code, EXIT.ok, err)
      return JSON.parse(out) as T
    }
    interface Listed { readonly total: number; readonly groups: { cause: string; count: number }[]; readonly letters: { id: string; stream: string; revision: number; waiting: number }[] }
    const list = (...argv: string[]): Promise<Listed> => asked<Listed>('list', ...argv)
    const until = async (what: string, holds: () => Promise<boolean> | boolean): Promise<void> => {
      for (let tries = 0; tries < 600; tries++) { if (await holds()) return; await pause(50) }
      assert.fail(`it never came to this: ${what}`)
    }

    beforeAll(async () => {
      chorus = await start()
      for (const name of ['2026-07.txt', '2026-08.txt']) await importFile({ address: chorus.intake, bearer: chorus.bearer }, sample(name))
      const store = chorus.app().get<EventStore>(STORE, { strict: false })
      const revisions = new Map<string, number>()
      for await (const { stream, revision } of store.readAll({ filter: { categories: ['incident'] } })) revisions.set(stream, revision)
      changed = [...revisions].flatMap(([stream, last]) => last > 0 ? [stream] : [])
      expect(changed.length).toBeGreaterThan(2)
      broken.set(changed[0]!, 'district-unknown').set(changed[1]!, 'district-unknown').set(changed[2]!, 'table-missing')
      await consume()
      assert.ok(await consumer.reached((await store.head()).ordinal, 60_000))
    }, 180_000)
    afterAll(async () => { await chorus?.close() }, 60_000)

    it('nobody else was held up, and health says what waits and where to look', async () => {
      expect(worked.size).toBeGreaterThan(50)
      for (const stream of broken.keys()) expect(worked.has(stream)).toBe(false)
      await until('health tells of all three', async () => {
        const { checks } = await (await fetch(`${chorus.address()}/health/ready`)).json() as { checks: { name: string; text: string }[] }
        return checks.find(({ name }) => name === NAME)?.text.includes('3 streams wait (3 permanent): chorus dead-letters list') === true
      })
    })

    it('the list counts them by cause; one is shown by reference, with what to do', async () => {
      const { total, groups, letters } = await list()
      expect(total).toBe(3)
      expect(groups.map(({ cause, count }) => [cause, count])).toEqual([['district-unknown', 2], ['table-missing', 1]])
      for (const letter of letters) expect(letter).toMatchObject({ revision: 0, waiting: expect.any(Number) as number })
      expect((await operator('list')).out).toMatch(/3 open\n {6}2 {2}permanent {2}sample\.on-incident-reported {2}district-unknown/)
      const { out, err } = await operator('show', letters[0]!.id)
      expect(out).toMatch(/IncidentReported, revision 0 of incident-.*, ordinal \d+/)
      expect(out).toContain('Add it, then retry.')
      expect(err).toContain(`npx chorus dead-letters retry ${letters[0]!.id}`)
    })

    it('a wish that cannot be is refused with the exit code of its kind, and a dry run does nothing', async () => {
      const id = (await list()).letters[0]!.id
      for (const [argv, code, words] of [
        [['retry', id], EXIT.usage, /Say why/], [['retry', '--reason', 'x'], EXIT.usage, /by its id, or all of a cause/], [['retry', id, '--cause', 'y', '--reason', 'x'], EXIT.usage, /by its id, or all of a cause/],
        [['retry', id, '--expect', '2', '--reason', 'x'], EXIT.usage, /go with --cause/], [['resolve', id, '--code', 'BECAUSE', '--reason', 'x'], EXIT.usage, /DONE_BY_HAND/], [['resolve', id, '--reason', 'x'], EXIT.usage, /--code.*DONE_BY_HAND.*OTHER/], [['resolve', '--cause', 'district-unknown', '--reason', 'x'], EXIT.usage, /--code.*DONE_BY_HAND/], [['show', 'nope'], EXIT.usage, /UUID/],
        [['retry', '00000000-0000-4000-8000-000000000000', '--reason', 'x'], EXIT.failure, /No parked event has this id/], [['retry', '--cause', 'nobody-has-it', '--reason', 'x'], EXIT.failure, /Nothing is parked by this cause/],
        [['retry', '--cause', 'district-unknown', '--expect', '7', '--reason', 'x'], EXIT.conflict, /2 are parked/], [['retry', id, '--reason', 'x', '--role', 'detective'], EXIT.refused, /Not allowed/], [['list', '--kind', 'odd'], EXIT.usage, /kind must be one of/],
      ] as const) {
        const ran = await operator(...argv)
        expect([argv.join(' '), ran.code]).toEqual([argv.join(' '), code])
        expect(ran.err).toMatch(words)
      }
      expect((await operator('retry', id, '--dry-run')).out).toMatch(/would retry IncidentReported at revision 0/)
      expect((await operator('retry', '--cause', 'district-unknown', '--dry-run')).err).toContain('--cause district-unknown --expect 2 --reason')
      expect((await operator('resolve', '--cause', 'district-unknown', '--code', 'SUPERSEDED', '--dry-run')).err).toContain('resolve --cause district-unknown --expect 2 --code SUPERSEDED --reason')
      expect((await list()).total).toBe(3)
      expect(await asked<object>('show', id)).toMatchObject({ status: 'open', history: [] })
    })

    it('one is tried again before it is mended, then all of its cause once it is: each is worked whole and in order', async () => {
      const { letters: [first] } = await list('--cause', 'district-unknown')
      expect((await operator('retry', first!.id, '--reason', 'perhaps now')).code).toBe(EXIT.ok)
      await until('it was tried twice', async () => (await asked<{ attempts: number }>('show', first!.id)).attempts === 2)
      broken.delete(changed[0]!); broken.delete(changed[1]!)
      expect(await asked<object>('retry', '--cause', 'district-unknown', '--expect', '2', '--reason', 'the table has the district')).toMatchObject({ done: 2, overtaken: [] })
      await until('both are worked', async () => (await list('--cause', 'district-unknown')).total === 0)
      for (const stream of changed.slice(0, 2)) {
        const revisions = worked.get(stream)!
        expect(revisions).toEqual([...revisions].sort((a, b) => a - b))
        expect(revisions[0]).toBe(0)
        expect(revisions.length).toBeGreaterThan(1)
      }
      expect(await asked<object>('show', first!.id)).toMatchObject({ status: 'worked', history: [{ reason: 'perhaps now' }, { reason: 'the table has the district' }] })
    })

    it('the last is resolved, once; a restart with the consumer\'s tables dropped passes it over again', async () => {
      const { letters: [last] } = await list()
      const resolve = ['resolve', last!.id, '--code', 'DONE_BY_HAND', '--reason', 'screened by hand'] as const
      expect((await operator(...resolve)).code).toBe(EXIT.ok)
      await until('nothing is parked', async () => (await list()).total === 0)
      expect(worked.get(changed[2]!)?.[0]).toBeGreaterThan(0)
      expect(await operator(...resolve)).toMatchObject({ code: EXIT.conflict, err: expect.stringContaining('resolved already') as string })
      // what it was about is said of what is settled, too
      expect((await operator('show', last!.id)).out).toMatch(/^resolved [\s\S]*\nevent {5}IncidentReported, revision 0 of /)
      expect((await operator('list', '--status', 'resolved')).out).toMatch(/DONE_BY_HAND {2}sample\.on-incident-reported {2}table-missing .*by demo-operator/)

      const before = new Map(worked)
      await consumer.stop()
      const sql = chorus.app().get<Sql>(DATABASE, { strict: false })
      await sql`delete from bus.consumers where name = ${NAME}`
      await sql`delete from read.checkpoints where name = ${`bus:${NAME}`}`
      await chorus.again()
      worked.clear()
      await consume()
      assert.ok(await consumer.reached((await chorus.app().get<EventStore>(STORE, { strict: false }).head()).ordinal, 60_000))
      expect(new Map([...worked].sort())).toEqual(new Map([...before].sort()))
      expect((await list()).total).toBe(0)
      expect((await chorusCommand('verify')).out).toMatch(/events verified/)
    })
  })
}
