import { Strangers } from './strangers'

describe('messages that are not of this log', () => {
  let now: number
  let strangers: Strangers
  beforeEach(() => { now = 0; strangers = new Strangers(() => now) })

  it('are told with their log and with what to do; the consumer is not ready while they come', () => {
    expect(strangers.look()).toBeUndefined()
    strangers.met('other')
    expect(strangers.look()).toEqual({ ok: false, text: '1 message of another Chorus (log other) came and was passed over: give each Chorus at one broker a KAFKA_PREFIX of its own' })
    strangers.met('other')
    now += 10 * 60_000
    expect(strangers.look()).toEqual({ ok: true, text: '2 messages of another Chorus (log other) came and were passed over: give each Chorus at one broker a KAFKA_PREFIX of its own' })
  })
  it('are news once for each log, and once a minute', () => {
    expect([strangers.met('other'), strangers.met('other'), strangers.met('third'), strangers.met(), strangers.met()]).toEqual([true, false, true, true, false])
    now += 60_000
    expect([strangers.met('other'), strangers.met('other'), strangers.met()]).toEqual([true, false, true])
  })
  it('that no Chorus has sent are told, and leave it ready', () => {
    strangers.met()
    strangers.met()
    expect(strangers.look()).toEqual({ ok: true, text: '2 messages that no Chorus has sent came and were passed over: find out who writes on these topics' })
    strangers.met('other')
    expect(strangers.look()?.text).toBe('1 message of another Chorus (log other) came and was passed over: give each Chorus at one broker a KAFKA_PREFIX of its own; 2 messages that no Chorus has sent came and were passed over: find out who writes on these topics')
    expect(strangers.count).toBe(3)
  })
})
