/** The birth dates that a referral tells of its two persons: opened for one decision, kept nowhere. */
import type { RecordedEvent } from '@chorus/contracts'
import type { Recorder } from '@chorus/event-store'

export const birthDatesIn = async (log: Recorder, events: readonly RecordedEvent[]): Promise<{ readonly subject?: string | undefined; readonly victim?: string | undefined }> => {
  const received = events.filter((event) => event.type === 'ReferralReceived')
  const [open] = await log.unseal(received, ({ pointer }) => pointer === '/data/subjectBirthDate' || pointer === '/data/victimBirthDate')
  const { subjectBirthDate, victimBirthDate } = (open?.data ?? {}) as { subjectBirthDate?: unknown; victimBirthDate?: unknown }
  const told = (date: unknown): string | undefined => typeof date === 'string' ? date : undefined
  return { subject: told(subjectBirthDate), victim: told(victimBirthDate) }
}
