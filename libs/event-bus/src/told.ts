/** What goes on being wrong is news when it begins, when it changes, and once a minute: a log that says it each time hides the rest. */

const AGAIN_MS = 60_000

export class Told {
  private readonly last = new Map<string, { readonly what: string; readonly at: number }>()

  /** @param elapsed ms, from any beginning */
  constructor(private readonly elapsed: () => number = () => performance.now()) {}

  /** @param of whose trouble it is: few, each with one at a time; whoever asks tells it, where it is news */
  isNews(of: string, what: string): boolean {
    const [last, now] = [this.last.get(of), this.elapsed()]
    if (last?.what === what && now - last.at < AGAIN_MS) return false
    this.last.set(of, { what, at: now })
    return true
  }
}
