/** How every part of this adapter reaches the broker: one way to make a client, one way to read an error. */
import { Kafka, logLevel, type KafkaConfig, type RetryOptions } from 'kafkajs'
import { tameEncoder } from './encoder'
import { tameIdleLoop } from './idle'
import { kafkaLogCreator, silent, type KafkaLogger } from './kafka-log'
import type { KafkaSettings } from './kafka-settings'

/** Measured: with kafkajs' own first wait of 300 ms a transaction for single events costs 100 ms. Gives up after some five seconds. */
export const QUICK_RETRIES: RetryOptions = { initialRetryTime: 3, factor: 0.2, multiplier: 1.5, retries: 30, maxRetryTime: 200 }

/** A client of kafkajs, tamed, with our log lines. */
export function kafkaClient(settings: KafkaSettings, options: { readonly logger?: KafkaLogger; readonly retry?: RetryOptions } = {}): Kafka {
  tameIdleLoop()
  tameEncoder()
  const config: KafkaConfig = {
    clientId: settings.clientId,
    brokers: [...settings.brokers],
    connectionTimeout: 3_000,
    // a broker that is there answers in milliseconds; one that is stopped must be noticed
    requestTimeout: 10_000,
    retry: options.retry ?? QUICK_RETRIES,
    logLevel: logLevel.INFO,
    logCreator: kafkaLogCreator(options.logger ?? silent),
    ...(settings.tls && { ssl: { ...(settings.tls.ca && { ca: [settings.tls.ca] }), ...(settings.tls.cert && { cert: settings.tls.cert, key: settings.tls.key }) } }),
    ...(settings.sasl && { sasl: settings.sasl as KafkaConfig['sasl'] }),
  }
  return new Kafka(config)
}

interface Told { readonly type?: unknown; readonly code?: unknown; readonly cause?: unknown; readonly originalError?: unknown; readonly message?: unknown }

/** Kafka's names of an error and of what caused it, e.g. INVALID_PRODUCER_EPOCH. */
export function typesOf(error: unknown): readonly string[] {
  const types: string[] = []
  for (let at = error as Told | undefined, depth = 0; at && depth < 6; at = (at.cause ?? at.originalError) as Told | undefined, depth += 1) {
    if (typeof at.type === 'string') types.push(at.type)
    // newer than kafkajs' table of errors
    if (at.code === 90) types.push('PRODUCER_FENCED')
  }
  return types
}
export const isOfType = (error: unknown, ...types: readonly string[]): boolean => typesOf(error).some((type) => types.includes(type))
