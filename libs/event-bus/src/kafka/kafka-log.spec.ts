import { logLevel, type LogEntry } from 'kafkajs'
import { kafkaLogCreator, levelOf } from './kafka-log'

const entry = (level: logLevel, message: string, more: object = {}): LogEntry => ({ namespace: 'Connection', level, label: '', log: { timestamp: 'now', message, ...more } })

describe('lines of kafkajs', () => {
  it.each([
    ['Response GroupCoordinator(key: 10, version: 2)', { error: 'The group coordinator is not available' }],
    ['Response JoinGroup(key: 11, version: 5)', { error: 'The coordinator is loading and hence can\'t process requests for this group' }],
    ['Response Heartbeat(key: 12, version: 3)', { error: 'The group is rebalancing, so a rejoin is needed' }],
    ['Response Metadata(key: 3, version: 6)', { error: 'There is no leader for this topic-partition as we are in the middle of a leadership election' }],
    ['Response AddPartitionsToTxn(key: 24, version: 1)', { error: 'The producer attempted to update a transaction while another concurrent operation on the same transaction was ongoing' }],
    ['The coordinator is not aware of this member, re-joining the group', {}],
  ])('%s of a broker that starts, or of a group that changes, is nobody\'s worry', (message, more) => {
    expect(levelOf(entry(logLevel.ERROR, message, more))).toBe('debug')
  })

  it.each([
    ['Connection error: connect ECONNREFUSED 127.0.0.1:9092', {}],
    ['Connection timeout', {}],
    ['Failed to connect to seed broker, trying another broker from the list: Connection error', {}],
    ['Request Produce(key: 0, version: 7) timed out', { retryCount: 1 }],
    ['The disk is full', { retryCount: 3 }],
  ])('%s is a warning: it is tried again', (message, more) => {
    expect(levelOf(entry(logLevel.ERROR, message, more))).toBe('warn')
  })

  it('what nobody tries again is an error', () => {
    expect(levelOf(entry(logLevel.ERROR, 'Crash: KafkaJSNonRetriableError: Not authorized to access topics'))).toBe('error')
    expect(levelOf(entry(logLevel.ERROR, 'SASL SCRAM authentication failed'))).toBe('error')
  })

  it('does not warn of what we decided: few retries of the idempotent producer', () => { expect(levelOf(entry(logLevel.WARN, 'Limiting retries for the idempotent producer may invalidate EoS guarantees'))).toBe('debug') })
  it('news are for whoever looks for them', () => {
    expect(levelOf(entry(logLevel.INFO, 'Consumer has joined the group'))).toBe('debug')
    expect(levelOf(entry(logLevel.DEBUG, 'Request'))).toBe('debug')
    expect(levelOf(entry(logLevel.WARN, 'something odd'))).toBe('warn')
  })

  it('say once in ten seconds that the broker is away, however often it is tried', () => {
    const levels: string[] = []
    let now = 0
    const log = kafkaLogCreator({ error: () => levels.push('error'), warn: () => levels.push('warn'), debug: () => levels.push('debug') }, () => now)(logLevel.INFO)
    const away = entry(logLevel.ERROR, 'Connection error: connect ECONNREFUSED 127.0.0.1:9092')
    for (now of [0, 33, 9_999, 10_000, 10_033]) log(away)
    log(entry(logLevel.ERROR, 'Crash: KafkaJSNonRetriableError: Not authorized to access topics'))
    expect(levels).toEqual(['warn', 'debug', 'debug', 'warn', 'debug', 'error'])
  })

  it('carry names and numbers, never payloads', () => {
    const lines: [object, string][] = []
    kafkaLogCreator({ error: (details, message) => lines.push([details, message]), warn: () => undefined })(logLevel.INFO)(entry(logLevel.ERROR, 'Failed', { topic: 'letters.v1', partition: 2, payload: 'secret', stack: 'secret', error: 'a reason', key: 'secret' }))
    expect(lines).toEqual([[{ part: 'kafka.Connection', topic: 'letters.v1', partition: 2 }, 'Failed: a reason']])
  })
})
