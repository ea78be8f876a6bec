import { EventEmitter } from 'node:events'
import { OtherKafkajs, tameIdleLoop, tameQueue } from './idle'

type Queue = InstanceType<ReturnType<typeof queueClass>>
/** A class of its own with the same two methods; counts the timers that it would set. */
const queueClass = () => class extends EventEmitter {
  pending: unknown[] = []
  timers = 0
  scheduleCheckPendingRequests(): void { this.timers += 1 }
  checkPendingRequests(): void { this.scheduleCheckPendingRequests() }
}

describe('the idle loop of kafkajs', () => {
  it('sets a timer only while a request waits', () => {
    const Tamed = queueClass()
    tameQueue('2.2.4', Tamed)
    const queue: Queue = new Tamed()
    queue.checkPendingRequests()
    expect(queue.timers).toBe(0)
    queue.pending.push({})
    queue.checkPendingRequests()
    expect(queue.timers).toBe(1)
  })

  it('is tamed once, however often it is asked', () => {
    const Tamed = queueClass()
    tameQueue('2.2.4', Tamed)
    const { scheduleCheckPendingRequests } = Tamed.prototype
    tameQueue('2.2.4', Tamed)
    expect(Tamed.prototype.scheduleCheckPendingRequests).toBe(scheduleCheckPendingRequests)
  })

  it('is not touched in another version: that fails, and says where', () => {
    expect(() => tameQueue('2.3.0', queueClass())).toThrow(OtherKafkajs)
    expect(() => tameQueue('2.3.0', queueClass())).toThrow(/is of version 2.3.0: libs\/event-bus\/src\/kafka\/idle.ts is written for 2.2.4/)
    expect(() => tameQueue('2.2.4', class { pending = [] } as never)).toThrow(/has no RequestQueue.scheduleCheckPendingRequests/)
  })

  it('is there in the installed version, and sends what waited', () => {
    tameIdleLoop()
    const RequestQueue = require('kafkajs/src/network/requestQueue') as new (options: object) => { push(request: object): void; fulfillRequest(response: object): void; destroy(): void; throttleCheckTimeoutId: unknown }
    const logger = { debug: () => undefined, warn: () => undefined }
    const queue = new RequestQueue({ maxInFlightRequests: 1, requestTimeout: 1000, enforceRequestTimeout: false, clientId: 'c', broker: 'b', logger })
    const sent: number[] = []
    const request = (correlationId: number) => ({ entry: { correlationId, resolve: () => undefined, reject: () => undefined }, expectResponse: true, sendRequest: () => sent.push(correlationId) })
    queue.push(request(1))
    expect(queue.throttleCheckTimeoutId).toBeNull()
    queue.push(request(2))
    expect(queue.throttleCheckTimeoutId).not.toBeNull()
    expect(sent).toEqual([1])
    queue.fulfillRequest({ correlationId: 1, payload: null, size: 0 })
    expect(sent).toEqual([1, 2])
    queue.destroy()
    queue.fulfillRequest({ correlationId: 2, payload: null, size: 0 })
    expect(queue.throttleCheckTimeoutId).toBeNull()
  })
})
