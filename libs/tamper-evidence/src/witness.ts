/** Another host that keeps checkpoints and refuses to go back: `chorus witness` runs one. */
import { readCheckpoint, type Noted } from './checkpoint'
import { PlaceRefused, type SecondPlace } from './second-place'

/** An answer may take so long, ms. */
const PATIENCE = 3000

export class Witness implements SecondPlace {
  readonly name: string
  /** @param address http or https, without a path */
  constructor(private readonly address: string) { this.name = `witness ${address}` }

  async last(log: string): Promise<Noted | undefined> {
    const response = await this.ask(`/logs/${log}/checkpoint`)
    if (response.status === 404) return undefined
    const noted = response.status === 200 ? readCheckpoint(await response.text()) : undefined
    if (!noted || noted.log !== log) throw new PlaceRefused(`${this.name} answers ${response.status}, and not in the way of a witness: is the address right?`)
    return noted
  }

  async keep({ log, note }: Noted): Promise<void> {
    const response = await this.ask(`/logs/${log}/checkpoint`, { method: 'PUT', headers: { 'content-type': 'text/plain; charset=utf-8' }, body: note })
    if (response.status !== 204) throw new PlaceRefused(`${this.name} refuses the checkpoint (${response.status}): ${(await response.text()).slice(0, 300).trim() || 'it gives no reason'}`)
  }

  private async ask(path: string, init: RequestInit = {}): Promise<Response> {
    try { return await fetch(`${this.address}${path}`, { ...init, redirect: 'error', signal: AbortSignal.timeout(PATIENCE) }) } catch (error) {
      const cause = (error as { cause?: { code?: string } }).cause?.code ?? (error as Error).name
      throw new PlaceRefused(`${this.name} does not answer (${cause}): start it there, or correct CHORUS_WITNESS`)
    }
  }
}
