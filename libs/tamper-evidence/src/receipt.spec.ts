import { receiptOf, verifyReceipt, type Receipt } from './receipt'
import { idOf, newSigner, testLog, type TestLog } from './testing/log'
import { readVerifier } from './signed-note'

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
it('with a checkpoint that was altered, or another key, it proves nothing', () => {
  expect(verdict({ checkpoint: receipt.checkpoint.replace('\n6\n', '\n7\n') })).toMatchObject({ ok: false, fault: 'bad-signature' })
  expect(verifyReceipt(receipt, newSigner(log.store.log).verifier)).toMatchObject({ ok: false, fault: 'another-key' })
})
