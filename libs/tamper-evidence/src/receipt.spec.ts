import { receiptOf, verifyReceipt, type Receipt } from './receipt'
import { idOf, newSigner, testLog, type TestLog } from './testing/log'
import { readVerifier } from './signed-note'
import { signCheckpoint } from './checkpoint'

let log: TestLog
let receipt: Receipt
beforeAll(async () => {
  log = testLog()
  await log.add(9)
  await log.signerWith({ most: 6 }).look()
  for await (const event of log.store.readAll({ after: 2, through: 3 })) receipt = await receiptOf(log.store, event, [...log.place.read(log.store.log, 3)][0]!, true)
})
afterAll(() => log.clear())
const verdict = (changed: object = {}) => verifyReceipt(JSON.parse(JSON.stringify({ ...receipt, ...changed })), readVerifier(log.signer.verifier.text))

it('proves the place of an event by the public key alone', () => {
  expect(verdict()).toMatchObject({ ok: true, id: idOf(3), ordinal: 3, signed: { ordinal: 6 }, idProven: true })
  expect(verdict({ text: undefined })).toMatchObject({ ok: true, idProven: false })
})
it('shows nothing of other events but time and hash', () => {
  expect(JSON.stringify({ ...receipt, text: '' })).not.toMatch(/watts|LampLit|000004/)
  expect(receipt.path).toHaveLength(3)
})
it('the first event, and one that is itself at the checkpoint, have receipts too', async () => {
  for (const ordinal of [1, 6]) for await (const event of log.store.readAll({ after: ordinal - 1, through: ordinal })) {
    expect(verifyReceipt(await receiptOf(log.store, event, [...log.place.read(log.store.log, ordinal)][0]!, false), log.signer.verifier)).toMatchObject({ ok: true, ordinal })
  }
})
it.each([
  ['another place', { ordinal: 4 }, 'path-differs'],
  ['another recorded time', { recordedtime: '2026-06-01T00:00:09.000000Z' }, 'path-differs'],
  ['another link before', { previous: 'a'.repeat(64) }, 'path-differs'],
  ['another content', { leaf: 'a'.repeat(64), text: undefined }, 'path-differs'],
  ['another text', { text: `{"id":"${idOf(3)}"}` }, 'text-differs'],
  ['another id', { id: idOf(4) }, 'text-differs'],
  ['another log', { log: 'b' }, 'another-log'],
  ['no checkpoint', { checkpoint: 'x' }, 'another-log'],
  ['nothing', { schema: undefined }, 'not-a-receipt'],
  ['a path of nonsense', { path: [1] }, 'not-a-receipt'],
])('with %s it proves nothing', (_what, changed, fault) => expect(verdict(changed)).toMatchObject({ ok: false, fault }))
it('with a step of its path changed, left out, doubled or in another order it proves nothing', () => {
  const [first, second, third] = receipt.path as [Receipt['path'][number], Receipt['path'][number], Receipt['path'][number]]
  for (const path of [[[first[0], 'a'.repeat(64)], second, third], [['2026-06-01T00:00:09.000000Z', first[1]], second, third], [first, second], [first, first, second, third], [second, first, third], [first, second, third, third]]) expect(verdict({ path })).toMatchObject({ ok: false, fault: 'path-differs' })
  // one event later, with the link before it: another event's place is not this one's
  expect(verdict({ ordinal: 4, path: [second, third] })).toMatchObject({ ok: false, fault: 'path-differs' })
})
it('with the checkpoint of another log, or what another key signed under this log\'s name, it proves nothing', async () => {
  const other = testLog()
  try {
    await other.add(6)
    await other.signerWith().look()
    const foreign = (await other.place.last(other.store.log))!
    expect(verdict({ checkpoint: foreign.note })).toMatchObject({ ok: false, fault: 'another-log' })
    expect(verdict({ checkpoint: foreign.note, log: other.store.log })).toMatchObject({ ok: false, fault: 'another-log' })
    const { ordinal, link, recordedtime, signedtime } = foreign
    const swapped = signCheckpoint({ log: log.store.log, ordinal, link, recordedtime, signedtime }, newSigner(log.store.log))
    expect(verdict({ checkpoint: swapped })).toMatchObject({ ok: false, fault: 'another-key' })
    // the right key's id over the wrong key's signature, and a signature taken from another checkpoint
    const own = log.signer.verifier
    const named = swapped.replace(/[A-Za-z0-9+/=]+\n$/, (signature) => `${Buffer.concat([Buffer.from(own.id, 'hex'), Buffer.from(signature, 'base64').subarray(4)]).toString('base64')}\n`)
    expect(verdict({ checkpoint: named })).toMatchObject({ ok: false, fault: 'bad-signature' })
    // what was found right by verify is signed by the same key, and is no checkpoint
    expect(verdict({ checkpoint: signCheckpoint({ log: log.store.log, ordinal, link, recordedtime, signedtime }, log.signer, 'verified') })).toMatchObject({ ok: false, fault: 'another-log' })
  } finally { other.clear() }
})
it('with a checkpoint that was altered, or another key, it proves nothing', () => {
  expect(verdict({ checkpoint: receipt.checkpoint.replace('\n6\n', '\n7\n') })).toMatchObject({ ok: false, fault: 'bad-signature' })
  expect(verifyReceipt(receipt, newSigner(log.store.log).verifier)).toMatchObject({ ok: false, fault: 'another-key' })
})
