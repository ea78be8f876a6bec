/** Which events start and end the timers of intake. Pure. */
import type { AdvocateHotlineContactRecordedV1, CaseOpenedV1, LethalityScreenAdministeredV1, RecordedEvent, TimerName } from '@chorus/contracts'
import { dueAfter, ended, running, type Watch, type Watched } from '@chorus/timers'
import { hotlineDueAt, LETHALITY_SCREEN_EVENTS } from '../lethality-screen/lethality-screen'
import { CASE_EVENTS } from '../pch-case/pch-case'
import { REFERRAL_EVENTS } from '../referral/referral'
import type { TimerValues } from './timer-policy'

const own = (category: string) => (event: Pick<RecordedEvent, 'stream'>): string | null => event.stream.startsWith(`${category}-`) ? event.stream : null
/** Starts the timer where the policy has a value for it. */
const start = (watched: Watched, timer: TimerName, from: string, { timers, holidays }: TimerValues): Watched => {
  const rule = timers[timer]
  return rule ? running(watched, { timer, owner: rule.owner, from, due: dueAfter(from, rule, holidays) }) : watched
}

/** T-REF: a referral is opened as a case, or excluded. */
const referrals: Watch<TimerValues> = {
  category: 'referral', knows: REFERRAL_EVENTS,
  streamOf: (event) => event.type === 'CaseOpened' ? `referral-${(event.data as CaseOpenedV1).referralId}` : own('referral')(event),
  evolve: (watched, event, values) => {
    switch (event.type) {
      case 'ReferralReceived': return start(watched, 'T-REF', event.time, values)
      case 'ReferralExcluded': case 'CaseOpened': return ended(watched, 'T-REF')
      default: return watched
    }
  },
}

/** T-LAP: after a screen that screens in, the hotline is called. */
const screens: Watch<TimerValues> = {
  category: 'lethalityScreen', knows: LETHALITY_SCREEN_EVENTS, streamOf: own('lethalityScreen'),
  evolve: (watched, event, { hotlineWithinMinutes }) => {
    if (event.type === 'LethalityScreenAdministered') {
      const screen = event.data as LethalityScreenAdministeredV1
      const due = hotlineDueAt(screen, hotlineWithinMinutes)
      return due === undefined ? watched : running(watched, { timer: 'T-LAP', owner: 'watchCommander', from: screen.administeredAt, due })
    }
    return event.type === 'AdvocateHotlineContactRecorded' && (event.data as AdvocateHotlineContactRecordedV1).screenId ? ended(watched, 'T-LAP') : watched
  },
}

/** T-VAL: a level is looked at again; what rests on it is not kept beyond five years unseen. Each level starts both anew. */
const cases: Watch<TimerValues> = {
  category: 'pchCase', knows: CASE_EVENTS, streamOf: own('pchCase'),
  evolve: (watched, event, values) => {
    switch (event.type) {
      case 'LevelAssigned': case 'LevelChanged': return start(start(watched, 'T-VAL', event.time, values), 'T-VAL-5Y', event.time, values)
      case 'CaseClosed': return ended(watched, 'T-VAL', 'T-VAL-5Y')
      default: return watched
    }
  },
}

export const WATCHES: readonly Watch<TimerValues>[] = [referrals, screens, cases]
