import { MessageWatch } from './message-watch'

const message = (type: string, body = 'x'): Buffer => { const out = Buffer.alloc(5 + body.length); out.write(type); out.writeUInt32BE(4 + body.length, 1); out.write(body, 5); return out }
const startup = message(' ', 'user nobody').subarray(1)
const opened = (): MessageWatch => { const watch = new MessageWatch(); watch.sent(startup); watch.received(Buffer.concat([message('R'), message('S'), message('K'), message('Z')])); return watch }

describe('whether the server owes an answer', () => {
  it('it does until a session has begun', () => {
    const watch = new MessageWatch()
    watch.sent(startup)
    expect(watch.received(message('R'))).toBe(true)
    watch.sent(message('p', 'proof'))
    expect(watch.received(Buffer.concat([message('R'), message('S')]))).toBe(true)
    expect(watch.received(message('Z'))).toBe(false)
  })
  it('it does while one of several questions is open', () => {
    const watch = opened()
    watch.sent(Buffer.concat([message('Q'), message('P'), message('B'), message('E'), message('S')]))
    expect(watch.received(Buffer.concat([message('C'), message('Z')]))).toBe(true)
    expect(watch.received(Buffer.concat([message('1'), message('2'), message('C')]))).toBe(true)
    expect(watch.received(message('Z'))).toBe(false)
  })
  it('it does in the middle of an answer to a question without an end mark', () => {
    const watch = opened()
    watch.sent(Buffer.concat([message('B'), message('E'), message('H')]))
    expect(watch.received(Buffer.concat([message('2'), message('D')]))).toBe(true)
    expect(watch.received(message('s', ''))).toBe(false)
  })
  it('what it says unasked is no debt', () => { expect(opened().received(message('A', 'news'))).toBe(false) })
  it('goes by messages, wherever the bytes are cut', () => {
    const [ask, answer] = [Buffer.concat([message('Q'), message('S')]), Buffer.concat([message('D', 'Z'.repeat(300)), message('C'), message('Z'), message('Z')])]
    for (const size of [1, 2, 3, 5, 7, 100]) {
      const watch = opened()
      for (let at = 0; at < ask.length; at += size) watch.sent(ask.subarray(at, at + size))
      const owed: boolean[] = []
      for (let at = 0; at < answer.length; at += size) owed.push(watch.received(answer.subarray(at, at + size)))
      expect(owed).toEqual(owed.map((_, i) => i < owed.length - 1))
    }
  })
})
