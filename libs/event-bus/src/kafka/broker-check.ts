/** Whether the brokers answer, and nobody else uses the topics, for the readiness of a process that need not be in touch with them all the time. */
import type { Admin } from 'kafkajs'
import { kafkaClient } from './kafka-client'
import type { KafkaSettings } from './kafka-settings'
import { TopicsOfAnotherLog, lookAtMarks } from './mark'

export class BrokerCheck {
  private admin: Admin | undefined
  private asking: Promise<{ readonly ok: boolean; readonly text: string }> | undefined

  /** @param log whose topics they are to be; absent: it is not asked */
  constructor(private readonly settings: KafkaSettings, private readonly log?: string) {}

  /** Asks now, over one connection that is kept; who asks meanwhile gets the same answer. Never rejects; a broker that is silent is answered for late (10 s). */
  look(): Promise<{ readonly ok: boolean; readonly text: string }> {
    return this.asking ??= this.ask().finally(() => { this.asking = undefined })
  }

  async close(): Promise<void> {
    const { admin } = this
    this.admin = undefined
    await admin?.disconnect().catch(() => undefined)
  }

  private async ask(): Promise<{ readonly ok: boolean; readonly text: string }> {
    const admin = this.admin ?? kafkaClient(this.settings, { retry: { retries: 0 } }).admin()
    try {
      if (this.admin !== admin) await admin.connect()
      this.admin = admin
      const { brokers } = await admin.describeCluster()
      if (this.log !== undefined) await lookAtMarks(admin, this.settings, this.log)
      return { ok: brokers.length > 0, text: brokers.length > 0 ? `Kafka answers, ${brokers.length} ${brokers.length === 1 ? 'broker' : 'brokers'}` : 'Kafka answers, but has no broker' }
    } catch (error) {
      if (error instanceof TopicsOfAnotherLog) return { ok: false, text: error.message }
      if (this.admin === admin) this.admin = undefined
      await admin.disconnect().catch(() => undefined)
      const name = error instanceof Error && /^\w{1,64}$/.test(error.name) ? error.name : 'error'
      return { ok: false, text: `Kafka does not answer (${name})` }
    }
  }
}
