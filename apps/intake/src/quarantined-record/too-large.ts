import { AppendRefused } from '@chorus/event-store'

/** Readable, but more than one event may hold: nothing that waits or comes again makes it smaller. */
export const TOO_LARGE = { cause: 'too-large-for-the-log', text: 'the record is sound but makes an event of more than 256 KiB, the most that the log takes (some 500 victims): ask the agency whether it is one incident, repair it, or resolve it' } as const
export const isTooLarge = (error: unknown): boolean => error instanceof AppendRefused && (error.code === 'event-too-large' || error.code === 'append-too-large')
