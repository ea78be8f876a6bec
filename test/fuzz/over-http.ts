/** Sends mutants to a running Chorus, as anybody would: whatever a file holds, the answer is a report that balances, or a refusal in words. */
import { random, type FuzzFailure, type Random } from './nibrs'

export interface Sent { readonly path: string; readonly mapping?: string }
export interface Mutant { readonly mutant: string; readonly by: readonly string[] }
interface Counts { readonly read: number; readonly accepted: number; readonly duplicate: number; readonly quarantined: number }
interface Line { readonly result?: { readonly complete: boolean; readonly records: Counts; readonly lines?: Counts }; readonly problem?: { readonly status: number; readonly detail: string } }

const balances = ({ read, accepted, duplicate, quarantined }: Counts): boolean => read === accepted + duplicate + quarantined

/** What is wrong with the answer to one file; [] where nothing is. */
const send = async (address: string, authorization: string, { path, mapping }: Sent, bytes: Buffer): Promise<string[]> => {
  const form = (): FormData => { const parts = new FormData(); parts.set('mapping', new Blob([mapping!]), 'm.yml'); parts.set('file', new Blob([bytes as Uint8Array<ArrayBuffer>]), 'f'); return parts }
  const answer = await fetch(`${address}${path}`, mapping === undefined ? { method: 'POST', headers: { authorization, 'content-type': 'application/octet-stream' }, body: bytes as Uint8Array<ArrayBuffer> } : { method: 'POST', headers: { authorization }, body: form() })
  const text = await answer.text()
  if (answer.status >= 500) return [`answered ${answer.status}`]
  if (answer.status >= 400) return ((JSON.parse(text) as { detail?: string }).detail ?? '').length > 10 ? [] : ['refused without a word']
  const { result, problem } = JSON.parse(text.trim().split('\n').at(-1)!) as Line
  if (problem) return problem.status >= 500 ? [`broke off with ${problem.status}`] : problem.detail.length > 10 ? [] : ['refused without a word']
  if (!result) return ['ended without a report']
  return [...result.complete ? [] : ['the run did not come to its end'], ...balances(result.records) && (!result.lines || balances(result.lines)) ? [] : [`does not balance: ${JSON.stringify([result.records, result.lines])}`]]
}

/** One mutant of each seed from `seed` on, sent one after the other; stops at the first failures (10). */
export const fuzzOverHttp = async (chorus: { readonly address: string; bearer(role: 'intakeAnalyst'): Promise<string> }, sent: Sent, mutantOf: (next: Random) => Mutant, seed: number, runs: number): Promise<FuzzFailure[]> => {
  const failures: FuzzFailure[] = []
  for (let one = seed; one < seed + runs && failures.length < 10; one++) {
    const { mutant, by } = mutantOf(random(one))
    const wrong = await send(chorus.address, await chorus.bearer('intakeAnalyst'), sent, Buffer.from(mutant, 'latin1')).catch((error: unknown) => [`no answer: ${error instanceof Error ? error.message : String(error)}`])
    if (wrong.length > 0) failures.push({ seed: one, by, wrong, mutant })
  }
  return failures
}
