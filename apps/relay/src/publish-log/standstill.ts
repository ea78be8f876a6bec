/** Whether the log is published at all, as a relay sees it that does not publish: from one look at the checkpoint to the next. */

export interface Standstill { readonly through: number; /** elapsed ms, of the first look that saw that more waits */ readonly since: number }

/**
 * Judged by the place alone: a new owner that publishes nothing is none. What waits at both looks behind the same place has
 * waited between them, so that neither an idle log nor what was recorded just now is taken for one.
 */
export const standstill = (before: Standstill | undefined, { through, head }: { readonly through: number; readonly head: number }, now: number): Standstill | undefined =>
  head <= through ? undefined : before?.through === through ? before : { through, since: now }
