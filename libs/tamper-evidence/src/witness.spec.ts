import { CheckpointFolder } from './checkpoint-folder'
import { newSigner, testLog, type TestLog } from './testing/log'
import { signCheckpoint, type Noted } from './checkpoint'
import { Witness } from './witness'
import { serveWitness, type WitnessServer } from './witness-server'

let log: TestLog
let elsewhere: TestLog
let server: WitnessServer
let witness: Witness
beforeEach(async () => {
  log = testLog()
  elsewhere = testLog()
  server = await serveWitness({ folder: new CheckpointFolder({ folder: elsewhere.folder }), keys: [log.signer.verifier], host: '127.0.0.1', port: 0 })
  witness = new Witness(server.address)
})
afterEach(async () => { await server.close(); log.clear(); elsewhere.clear() })
const at = (ordinal: number, signer = log.signer, id = log.store.log, link = 'ab'): Noted => {
  const checkpoint = { log: id, ordinal, link: link.repeat(32), recordedtime: '2026-06-01T00:00:00.000000Z', signedtime: '2026-06-01T00:00:01.000Z' }
  return { ...checkpoint, note: signCheckpoint(checkpoint, signer) }
}

it('keeps what the log signed, and gives back the newest', async () => {
  expect(await witness.last(log.store.log)).toBeUndefined()
  for (const n of [3, 5]) await witness.keep(at(n))
  expect(await witness.last(log.store.log)).toEqual(at(5))
})
it('does not go back, and takes no second truth', async () => {
  await witness.keep(at(5))
  await witness.keep(at(5))
  await expect(witness.keep(at(4))).rejects.toThrow(/409.*does not go back/)
  await expect(witness.keep(at(5, log.signer, log.store.log, 'cd'))).rejects.toThrow(/409.*another link/)
  expect(await witness.last(log.store.log)).toEqual(at(5))
})
it('keeps nothing that the key it was given has not signed', async () => {
  await expect(witness.keep(at(1, newSigner(log.store.log)))).rejects.toThrow(/403.*not signed by the key/)
  await expect(witness.keep(at(1, elsewhere.signer, elsewhere.store.log))).rejects.toThrow(/403.*not known here/)
  await expect(witness.keep({ ...at(1), note: 'nothing' })).rejects.toThrow(/400/)
  await expect(witness.keep({ ...at(1), note: 'x'.repeat(10_000) })).rejects.toThrow(/413/)
  expect(await witness.last(log.store.log)).toBeUndefined()
})
it('is said by its address where it does not answer, or is something else', async () => {
  expect((await fetch(`${server.address}/elsewhere`)).status).toBe(404)
  await server.close()
  await expect(witness.keep(at(1))).rejects.toThrow(/witness http:\/\/127.0.0.1:\d+ does not answer \(ECONNREFUSED\)/)
})
