/**
 * kafkajs' log lines in ours. It calls ERROR what it will try again by itself (a coordinator that still loads, a connection
 * that comes back): those are lowered, what stays broken is said by our own health and errors. Allow-lists only.
 */
import { logLevel, type LogEntry, type logCreator } from 'kafkajs'

export interface KafkaLogger {
  error(details: object, message: string): void
  warn(details: object, message: string): void
  debug?(details: object, message: string): void
}

/** Says nothing; for tests and tools. */
export const silent: KafkaLogger = { error: () => undefined, warn: () => undefined }

/** What may stand in a line beside its message: names and numbers of kafkajs' own, never a key, value or header. */
const DETAILS = ['broker', 'clientId', 'groupId', 'memberId', 'topic', 'partition', 'offset', 'retryCount', 'retryTime', 'correlationId', 'transactionalId', 'size'] as const

/** The normal life of a broker that starts, or of a group that changes. */
const USUAL = /coordinator is (loading|not available)|not the (correct )?coordinator|group is rebalancing|rejoin is needed|rebalance in progress|another concurrent operation on the same transaction|generation id provided|there is no leader|leader(ship)? election|not aware of this member|does not host this topic|not the leader|member id .*(required|not unknown)|specified group generation id is not valid/i
/** The way to the broker is broken; kafkajs, and then we, try again. */
const AWAY = /connection (error|timeout|closed)|closed connection|failed to connect|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|socket|timed out|broker not connected|no broker available|disconnect/i

/** What we decided ourselves, and kafkajs warns of at each start: after these retries the publisher makes a producer anew and publishes the same again. */
const DECIDED = /^Limiting retries for the idempotent producer/

export type KafkaLogLevel = 'error' | 'warn' | 'debug'

const wordsOf = ({ log }: Pick<LogEntry, 'log'>): string => `${log.message} ${typeof log.error === 'string' ? log.error : ''}`

/** The level that a line of kafkajs deserves. Pure. */
export function levelOf({ level, log }: Pick<LogEntry, 'level' | 'log'>): KafkaLogLevel {
  if (level === logLevel.DEBUG) return 'debug'
  // "Starting", "Consumer has joined the group": a line for each rebalance of each group is for whoever looks for it
  if (level === logLevel.INFO) return 'debug'
  if (DECIDED.test(log.message)) return 'debug'
  const words = wordsOf({ log })
  if (USUAL.test(words)) return 'debug'
  if (AWAY.test(words)) return level === logLevel.ERROR ? 'warn' : 'debug'
  return level === logLevel.ERROR && typeof log.retryCount !== 'number' ? 'error' : 'warn'
}

/** Whether an error is of the normal life of a broker or a group, and gone at the next try. */
export const isUsual = (error: unknown): boolean => error instanceof Error && USUAL.test(error.message)

/** one line a connection that is away is a warning, so often at most: kafkajs says it with every try, thirty times a second */
const SAY_AGAIN_MS = 10_000

/** @param now ms of a clock that never goes back */
export const kafkaLogCreator = (logger: KafkaLogger, now: () => number = () => performance.now()): logCreator => () => {
  let said = Number.NEGATIVE_INFINITY
  return (entry) => {
    let level = levelOf(entry)
    if (level === 'warn' && AWAY.test(wordsOf(entry))) {
      if (now() - said < SAY_AGAIN_MS) level = 'debug'
      else said = now()
    }
    const details = Object.fromEntries(DETAILS.filter((name) => ['string', 'number'].includes(typeof entry.log[name])).map((name) => [name, entry.log[name] as unknown]))
    logger[level]?.({ part: `kafka${entry.namespace ? `.${entry.namespace}` : ''}`, ...details }, `${entry.log.message}${typeof entry.log.error === 'string' ? `: ${entry.log.error}` : ''}`)
  }
}
