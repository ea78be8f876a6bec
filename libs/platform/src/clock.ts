/** The wall clock as a port: whoever needs the time is handed one, so that a test can hand another. */
export interface Clock {
  /** the present, RFC 3339 in UTC with milliseconds */
  now(): string
}

export const systemClock: Clock = { now: () => new Date().toISOString() }
