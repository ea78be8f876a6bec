/**
 * Tames a loop of kafkajs 2.2.4 (tulios/kafkajs #1751): after every answer its request queue sets a timer to look at waiting
 * requests, even when none waits; the look sets the next one. An idle connection so wakes a thousand times a second.
 * With this a timer is set only while a request waits; whoever is added later sets its own (`push`), and an answer looks too.
 * Only for the version whose source was read; another one fails at start instead of being half patched.
 */
export const READ_VERSION = '2.2.4'
const TAMED = Symbol.for('chorus.kafka.tamed')

interface RequestQueue { readonly pending: readonly unknown[]; scheduleCheckPendingRequests(): void; checkPendingRequests(): void }
interface RequestQueueClass { readonly prototype: RequestQueue & { [TAMED]?: true } }

export class OtherKafkajs extends Error {
  constructor(what: string, file = 'idle.ts', source = 'src/network/requestQueue') {
    super(`kafkajs ${what}: libs/event-bus/src/kafka/${file} is written for ${READ_VERSION}. Install that version, or read ${source} of the new one, and adapt or drop the patch there.`)
    this.name = 'OtherKafkajs'
  }
}

/**
 * @param version the installed version
 * @param queue its class RequestQueue, changed here; a second call changes nothing
 * @throws OtherKafkajs
 */
export function tameQueue(version: string, queue: RequestQueueClass): void {
  if (version !== READ_VERSION) throw new OtherKafkajs(`is of version ${version}`)
  const { prototype } = queue
  if (prototype[TAMED]) return
  const schedule = prototype.scheduleCheckPendingRequests
  if (typeof schedule !== 'function' || typeof prototype.checkPendingRequests !== 'function') throw new OtherKafkajs('has no RequestQueue.scheduleCheckPendingRequests')
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
    if (this.pending.length > 0) schedule.call(this)
  }
  prototype[TAMED] = true
}

/** For the kafkajs that this process has loaded. @throws OtherKafkajs */
export const tameIdleLoop = (): void => tameQueue(
  (require('kafkajs/package.json') as { version: string }).version,
  require('kafkajs/src/network/requestQueue') as RequestQueueClass,
)
