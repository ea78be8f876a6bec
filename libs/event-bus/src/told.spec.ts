import { Told } from './told'

describe('what goes on being wrong', () => {
  it('is told at once, when it changes, and once a minute', () => {
    let now = 0
    const told = new Told(() => now)
    const at = (ms: number, what: string, of = 'one'): boolean => { now = ms; return told.isNews(of, what) }
    expect([at(0, 'a'), at(1, 'a'), at(59_999, 'a'), at(60_000, 'a'), at(60_001, 'a')]).toEqual([true, false, false, true, false])
    expect([at(60_002, 'b'), at(60_003, 'b'), at(60_003, 'b', 'other')]).toEqual([true, false, true])
  })
})
