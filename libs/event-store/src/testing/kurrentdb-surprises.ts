/**
 * Where a KurrentDB surprises, each as a test of its own: that the server does it, and that a log on it is right all the
 * same. With KURRENTDB_URL a live server is asked; on our double a surprise can be switched off, and then its test fails.
 */
import assert from 'node:assert/strict'
import { credentials } from '@grpc/grpc-js'
import { StreamsClient } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb'
import { Empty, StreamIdentifier, UUID } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb'
import { AppendReq, type AppendResp } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb'
import { jsonEvent, type AppendStreamState, type KurrentDBClient } from '@kurrent/kurrentdb-client'
import { randomUUID } from 'node:crypto'
import { all, event, idOf, told } from './builders'
import type { KurrentDouble } from './kurrentdb-double'
import { SERVER_APPEND_LIMIT, type Surprise } from './kurrentdb-double-log'
import { asEvent, pageOf, typeOf, type Entry } from '../kurrentdb-connection'
import type { KurrentStore } from '../kurrentdb'

export interface Surprised { readonly store: KurrentStore; readonly client: KurrentDBClient; readonly url: string; readonly prefix: string; /** absent: a live server */ readonly double?: KurrentDouble }

const named = (...names: string[]) => names.map((name) => event(name))
const plain = (id: string, data: object = {}) => jsonEvent({ id, type: 'BellRung', data: data as never })
const ofStream = (client: KurrentDBClient, stream: string) => pageOf(5000, () => client.readStream(stream))
/** The code of a refusal, or 'ok'. */
const asked = (client: KurrentDBClient, stream: string, ids: readonly string[], streamState: AppendStreamState): Promise<string> =>
  client.appendToStream(stream, ids.map((id) => plain(id)), { streamState }).then(() => 'ok', typeOf)

export const SURPRISED: Readonly<Record<Surprise, (given: Surprised) => Promise<void>>> = {
  'resent-at-the-current-revision-is-appended-again': async ({ store, client, prefix }) => {
    assert.equal(await asked(client, `${prefix}x.raw`, [idOf('r')], 'no_stream'), 'ok')
    assert.equal(await asked(client, `${prefix}x.raw`, [idOf('r')], 0n), 'ok')
    assert.equal((await ofStream(client, `${prefix}x.raw`)).length, 2, 'the server appends a known id again')
    await store.append({ stream: 'a-1', expected: 'none', events: named('e1') })
    assert.equal(told(await store.append({ stream: 'a-1', expected: 0, events: named('e1') })), 'again 0-0 at 1')
    assert.equal((await ofStream(client, `${prefix}a-1`)).length, 1)
  },
  'partly-known-under-any-conflicts': async ({ store, client, prefix }) => {
    assert.equal(await asked(client, `${prefix}x.raw`, [idOf('r')], 'any'), 'ok')
    assert.equal(await asked(client, `${prefix}x.raw`, [idOf('r'), idOf('new')], 'any'), 'wrong-expected-version')
    await store.append({ stream: 'a-1', expected: 'none', events: named('e1') })
    assert.equal(told(await store.append({ stream: 'a-1', expected: 'any', events: named('e1', 'e2') })), 'partly-known')
    assert.equal(told(await store.append({ stream: 'a-1', expected: 'any', events: named('e2') })), 'ok 1-1 at 2')
  },
  'ids-are-not-unique-across-streams': async ({ store, client, prefix }) => {
    assert.equal(await asked(client, `${prefix}x.one`, [idOf('r')], 'no_stream'), 'ok')
    assert.equal(await asked(client, `${prefix}x.two`, [idOf('r')], 'no_stream'), 'ok')
    await store.append({ stream: 'a-1', expected: 'none', events: named('e1') })
    assert.equal(told(await store.append({ stream: 'b-1', expected: 'none', events: named('e1') })), 'partly-known')
  },
  'an-append-has-a-limit': async ({ store, client, prefix }) => {
    const large = client.appendToStream(`${prefix}x.raw`, plain(idOf('r'), { text: 'x'.repeat(SERVER_APPEND_LIMIT) }), { streamState: 'no_stream' })
    assert.equal(await large.then(() => 'ok', typeOf), 'maximum-append-size-exceeded')
    const names = (from: number) => Array.from({ length: 4 }, (_, i) => event(`e${from + i}`, { data: 'x'.repeat(200_000) }))
    assert.deepEqual((await store.appendEach([{ stream: 'a-1', expected: 'any', events: names(0) }, { stream: 'a-1', expected: 'any', events: names(4) }])).map(told), ['ok 0-3 at 1', 'ok 4-7 at 5'])
  },
  'positions-have-gaps': async ({ store, client, prefix }) => {
    await store.append({ stream: 'a-1', expected: 'none', events: named('e1', 'e2', 'e3') })
    const positions = (await ofStream(client, `${prefix}a-1`)).map((entry) => (entry as unknown as Entry).position.commit)
    assert.ok(positions[2]! - positions[0]! > 2n, 'positions are bytes, not counts')
    assert.deepEqual((await all(store.readAll())).map(({ ordinal }) => ordinal), [1, 2, 3])
  },
  'system-events-among-ours': async ({ store, client }) => {
    for (let i = 0; i < 25; i++) await store.append({ stream: 'a-1', expected: 'any', events: named(`e${i}`) })
    const entries = await pageOf(5000, () => client.readAll()) as Entry[]
    assert.ok(entries.some(({ streamId }) => streamId.startsWith('$')), 'the server writes into the same log')
    assert.deepEqual((await all(store.readAll())).map(({ ordinal }) => ordinal), Array.from({ length: 25 }, (_, i) => i + 1))
  },
  'created-is-the-servers': async ({ store, client, prefix }) => {
    const text = '{"a":1}'
    const copied = asEvent({ id: idOf('r'), type: 'BellRung', content: 'c' }, text, { ordinal: '1', recordedtime: '2001-01-01T00:00:00.000000Z', link: 'f'.repeat(64) })
    await client.appendToStream(`${prefix}x.raw`, copied, { streamState: 'no_stream' })
    const [entry] = await ofStream(client, `${prefix}x.raw`)
    assert.ok(entry!.created.getTime() > Date.parse('2020-01-01T00:00:00Z'), 'a time of one\'s own cannot be given')
    await store.append({ stream: 'a-1', expected: 'none', events: named('e1') })
    const [own] = await all(store.readAll())
    assert.ok(own!.recordedtime > '2020', 'recorded is what the follower stamped')
  },
  'malformed-json-is-kept-and-comes-as-text': async ({ store, client, url, prefix }) => {
    await store.append({ stream: 'a-1', expected: 'none', events: named('e1') })
    assert.equal(await appendRaw(url, `${prefix}a-1`, Buffer.from('{"log":')), 'ok')
    const entries = await ofStream(client, `${prefix}a-1`)
    assert.equal(entries[1]!.data as unknown, '{"log":', 'a text comes where an object was to be')
    assert.equal(told(await store.append({ stream: 'a-1', expected: 1, events: named('e2') })), 'ok 2-2 at 2')
    assert.deepEqual((await all(store.readStream('a-1'))).map(({ revision }) => revision), [0, 2])
    assert.match((await store.health()).text, /1 entries in streams of the log are none of its events \(first: .*a-1 revision 1\)/)
  },
  'a-subscription-ends-on-error': async ({ store, double }) => {
    if (!double) return // nothing makes a live server do it
    await store.append({ stream: 'a-1', expected: 'none', events: named('e1') })
    const before = double.subscribed
    double.endSubscriptions()
    for (let i = 0; i < 100 && double.subscribed === before; i++) await new Promise((resolve) => { setTimeout(resolve, 10) })
    assert.ok(double.subscribed > before, 'the follower had to begin again')
    assert.equal(told(await store.append({ stream: 'a-1', expected: 0, events: named('e2') })), 'ok 1-1 at 2')
  },
}

/** Bytes as they are, said to be JSON: what no client of ours sends. */
async function appendRaw(url: string, stream: string, data: Buffer): Promise<string> {
  const client = new StreamsClient(new URL(url.replace(/^[^:]+:/, 'http:')).host, credentials.createInsecure())
  const options = new AppendReq.Options().setStreamIdentifier(new StreamIdentifier().setStreamName(Buffer.from(stream).toString('base64'))).setAny(new Empty())
  const message = new AppendReq.ProposedMessage().setId(new UUID().setString(randomUUID())).setData(data.toString('base64'))
  message.getMetadataMap().set('type', 'BellRung').set('content-type', 'application/json')
  const answer = await new Promise<AppendResp | Error>((resolve) => {
    const call = client.append((error, response) => resolve(error ?? response!))
    call.write(new AppendReq().setOptions(options))
    call.write(new AppendReq().setProposedMessage(message))
    call.end()
  })
  client.close()
  return answer instanceof Error ? 'refused' : answer.hasSuccess() ? 'ok' : 'wrong'
}
