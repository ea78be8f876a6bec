/** Types of broker.js, for specs and benches. */

/** No broker can be had; the message says why, and what to do. */
export class KafkaRefused extends Error {}

export interface BrokerOptions {
  /** absolute; data, log and settings of the broker lie there, and are kept from one start to the next (not in a container) */
  readonly folder: string
  /** else the one of last time, else any free one */
  readonly port?: number
  readonly env?: Readonly<Record<string, string | undefined>>
  /** told what takes time, and which way was taken; one line each */
  readonly say?: (line: string) => void
  readonly signal?: AbortSignal
  /** lines of server.properties that replace or add; a function where they need the ports */
  readonly settings?: Readonly<Record<string, string>> | ((ports: { readonly port: number; readonly controllerPort: number }) => Readonly<Record<string, string>>)
  /** more words for Kafka's StorageTool, for example --add-scram */
  readonly format?: readonly string[]
}

export interface OwnBroker {
  readonly way: string
  /** host:port */
  readonly brokers: string
  readonly port: number
  /** its log file, or the command that shows it */
  readonly log: string
  /** undefined in a container */
  readonly pid: number | undefined
  /** again, with the same data on the same port */
  start(): Promise<void>
  stop(): Promise<void>
  kill(): Promise<void>
  pause(): void
  resume(): void
}

/** Installs and fetches what a broker of our own needs. @throws KafkaRefused */
export function prepareBroker(options?: Pick<BrokerOptions, 'env' | 'say' | 'signal'>): Promise<{ java: string; lib: string; /** archive of the broker's classes, where there is one */ classes?: string } | { engine: string }>
/** A broker of our own, whatever KAFKA_BROKERS says: what is to be killed must be ours. @throws KafkaRefused */
export function startOwnBroker(options: BrokerOptions): Promise<OwnBroker>
/** The broker of KAFKA_BROKERS, else one of our own. @throws KafkaRefused */
export function useBroker(options: BrokerOptions): Promise<{ readonly way: string; readonly brokers: string; readonly own: boolean; stop(): Promise<void> }>
