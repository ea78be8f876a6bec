import type { CommandMeta, TimePrecision } from '@chorus/contracts'

/** The time of an event that happens by being decided: the instant of its command. */
export const atNow = (meta: CommandMeta): { time: string; timePrecision: TimePrecision; timeZone: string } => ({ time: meta.now, timePrecision: 'instant', timeZone: 'UTC' })
