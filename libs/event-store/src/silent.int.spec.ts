/** Whoever falls silent: a connection whose other end is gone, a writer that stands still with the counter row in its hands. */
import { guarded, postgres } from '@chorus/postgres'
import type { Sql } from 'postgres'
import { tcpProxy, type TcpProxy } from '../../../test/support/tcp-proxy'
import { PostgresStore } from './postgres'
import { connect } from './postgres-connection'
import { all, event, ordinals } from './testing/builders'
import { emptyLogs, type TestLog } from './testing/postgres-logs'
import { verifyChain } from './verify-chain'

const logs = emptyLogs()
const limits = { idleInTransactionMs: 300, lockMs: 400, silenceMs: 600 }
let log: TestLog
let proxy: TcpProxy
let store: PostgresStore
const warned: { code?: string }[] = []
beforeEach(async () => {
  warned.length = 0
  log = await logs.next({ limits })
  proxy = await tcpProxy(log.database.appUrl)
  store = await PostgresStore.open({ url: proxy.url, limits, logger: { warn: (details) => { warned.push(details) } } })
})
afterEach(async () => { await store.close(); await log.store.close(); await proxy.close() })
afterAll(() => logs.close())

const append = (to: PostgresStore, name: string) => to.append({ stream: 'a-1', expected: 'any', events: [event(name)] })

describe('a half-open connection', () => {
  it('is given up: the append is sent again on a new one, and stands there once', async () => {
    await append(store, 'first')
    proxy.swallow()
    expect(await append(store, 'second')).toMatchObject({ ok: true, repeated: false, first: { ordinal: 2 } })
    expect(warned.map(({ code }) => code)).toContain('ETIMEDOUT')
    expect(await append(log.store, 'third')).toMatchObject({ ok: true, first: { ordinal: 3 } })
  })
  // what comes back for one append: BEGIN 17 bytes, the counter row to 188, the look-up to 248, the write to 284, COMMIT to 302
  it.each([[10, 'at the beginning'], [188, 'with the counter row locked'], [249, 'once it is committed, before the answer to the write'], [290, 'in the middle of the answer to the commit']])('that breaks off after %d bytes of answers, %s: recorded once, and told as the first answer', async (bytes) => {
    await append(store, 'first')
    void proxy.swallowAfter(bytes)
    const result = await append(store, 'second')
    expect(result).toMatchObject({ ok: true, repeated: false, first: { ordinal: 2 } })
    expect(ordinals(await all(log.store.readAll()))).toEqual([1, 2])
    expect(await verifyChain(log.store)).toMatchObject({ ok: true, checked: 2 })
  })
  it('ends a read with an error that says so, and the next read works', async () => {
    await append(store, 'first')
    await store.head()
    proxy.swallow()
    await expect(store.head()).rejects.toMatchObject({ code: 'ETIMEDOUT' })
    expect(await store.head()).toMatchObject({ ordinal: 1 })
  })
  it('that is cut off by a reset is the same', async () => {
    await append(store, 'first')
    proxy.cut()
    expect(await append(store, 'second')).toMatchObject({ ok: true, repeated: false, first: { ordinal: 2 } })
  })
})

describe('a writer that stands still', () => {
  const clients: Sql[] = []
  afterEach(async () => { await Promise.all(clients.splice(0).map((sql) => sql.end({ timeout: 1 }))) })

  it('with the counter row in its hands is ended by the server; the others go on', async () => {
    // as the log's own writer: what the settings of its session are
    const frozen = postgres(log.database.appUrl, { max: 1, onnotice: () => undefined, connection: { idle_in_transaction_session_timeout: String(limits.idleInTransactionMs) } as Record<string, string> })
    clients.push(frozen)
    const pid = async (): Promise<number> => (await frozen.unsafe<{ pid: number }[]>('select pg_backend_pid() as pid'))[0]!.pid
    await frozen.unsafe('begin')
    const before = await pid()
    await frozen.unsafe('select ordinal from log.head for update')
    expect(await append(store, 'first')).toMatchObject({ ok: true, first: { ordinal: 1 } })
    // the first question may still be put to the connection that was ended
    expect(await pid().catch(pid)).not.toBe(before)
  })
  it('in a session without that limit: an append waits, is told so each time, and goes on when it is over', async () => {
    const stranger = postgres(log.database.appUrl, { max: 1, onnotice: () => undefined })
    clients.push(stranger)
    await stranger.unsafe('begin')
    await stranger.unsafe('select ordinal from log.head for update')
    const waiting = append(store, 'first')
    while (!warned.some(({ code }) => code === '55P03')) await new Promise((resolve) => { setTimeout(resolve, 10) })
    await stranger.unsafe('rollback')
    expect(await waiting).toMatchObject({ ok: true, first: { ordinal: 1 } })
  })
  it('is so in every session of the log: both limits are the session\'s own', async () => {
    const sql = connect(log.database.appUrl, 1, 'chorus-log-reader', limits)
    clients.push(sql)
    expect(await sql`select current_setting('lock_timeout') as lock, current_setting('idle_in_transaction_session_timeout') as idle`).toEqual([{ lock: '400ms', idle: '300ms' }])
  })
})

describe('a guarded connection', () => {
  const ask = async (url: string, more: Parameters<typeof postgres>[1] = {}): Promise<string> => {
    const sql = postgres(url, { ...guarded(url, 500), max: 1, onnotice: () => undefined, backoff: () => 0, ...more })
    try { return (await sql<{ n: number }[]>`select 1 as n`)[0]!.n === 1 ? 'answered' : 'wrong' } catch (error) { return (error as { code: string }).code } finally { await sql.end({ timeout: 1 }) }
  }
  it('is refused as any other, again and again, by an address where nobody listens', async () => {
    await proxy.close()
    const sql = postgres(proxy.url, { ...guarded(proxy.url, 500), max: 2, backoff: () => 0 })
    for (let tries = 0; tries < 6; tries++) await expect(sql`select 1`).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await sql.end({ timeout: 1 })
  })
  it('works where TLS is preferred and the server has none, and is refused where it is required', async () => {
    expect(await ask(`${log.database.appUrl}?sslmode=prefer`)).toBe('answered')
    expect(await ask(`${log.database.appUrl}?sslmode=require`)).toBe('ECONNRESET')
  })
  it('tells a wrong password', async () => {
    const url = new URL(log.database.appUrl)
    url.username = 'nobody-of-this-name'
    expect(await ask(url.toString())).toMatch(/^28/)
  })
})
