/** The command line that sends a file, in a process of its own: its time and its memory are the client's. */
import { PassThrough } from 'node:stream'
import { systemClock } from '@chorus/platform'
import { runCommandLine } from '../../apps/cli/src/program'
import { forgetPeak, peakRssMb } from './table'
import { serve } from './worker'

export interface Sending { readonly address: string; readonly data: string; readonly argv: readonly string[] }
export interface Sent { readonly code: number; readonly seconds: number; readonly peakRssMb: number; readonly out: string; readonly err: string }

serve<Sending, Sent>(({ address, data, argv }) => Promise.resolve(async () => {
  const texts = { out: '', err: '' }
  const sink = (name: 'out' | 'err'): PassThrough => new PassThrough().on('data', (chunk: Buffer) => { texts[name] += chunk.toString() })
  forgetPeak()
  const begun = performance.now()
  const code = await runCommandLine({ stdout: sink('out'), stderr: sink('err'), env: { CHORUS_DATA: data, CHORUS_URL: address }, clock: systemClock, watch: () => performance.now(), signal: new AbortController().signal, argv: [...argv, '--json'] })
  return { code, seconds: (performance.now() - begun) / 1000, peakRssMb: peakRssMb(), ...texts }
}))
