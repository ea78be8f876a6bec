/** Messages that are none of our relay's: passed over, and told by health. */
import { Told } from './told'

/** So long, ms, after the last message of another log a consumer is not ready: that other Chorus takes messages from it, too. */
const WHILE_MS = 600_000

export class Strangers {
  private ofNobody = 0
  private other: { readonly log: string; readonly count: number; readonly at: number } | undefined

  private readonly told: Told

  /** @param elapsed ms, from any beginning */
  constructor(private readonly elapsed: () => number = () => performance.now()) { this.told = new Told(elapsed) }

  get count(): number { return this.ofNobody + (this.other?.count ?? 0) }

  /** @param log the log that it says it is of; absent: it says none @returns whether that is news, for the log of the process */
  met(log?: string): boolean {
    if (log === undefined) this.ofNobody++
    else this.other = { log, count: (this.other?.count ?? 0) + 1, at: this.elapsed() }
    return this.told.isNews(log ?? '', 'met')
  }

  /** For readiness; undefined: none came. */
  look(): { readonly ok: boolean; readonly text: string } | undefined {
    const { other, ofNobody } = this
    const parts = [
      ...other ? [`${passed(other.count, `of another Chorus (log ${other.log})`)}: give each Chorus at one broker a KAFKA_PREFIX of its own`] : [],
      ...ofNobody > 0 ? [`${passed(ofNobody, 'that no Chorus has sent')}: find out who writes on these topics`] : [],
    ]
    return parts.length === 0 ? undefined : { ok: !other || this.elapsed() - other.at >= WHILE_MS, text: parts.join('; ') }
  }
}

const passed = (count: number, what: string): string => count === 1 ? `1 message ${what} came and was passed over` : `${count} messages ${what} came and were passed over`
