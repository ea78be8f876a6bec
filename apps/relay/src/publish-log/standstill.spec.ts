import { standstill, type Standstill } from './standstill'

const over = (looks: readonly (readonly [at: number, through: number, head: number])[]): Standstill | undefined =>
  looks.reduce<Standstill | undefined>((before, [at, through, head]) => standstill(before, { through, head }, at), undefined)

describe('a standstill', () => {
  it('is since the first look that saw something wait where nothing moved from then on', () => {
    expect(over([[5, 3, 4], [10, 3, 4], [70, 3, 9]])).toEqual({ through: 3, since: 5 })
  })
  it('is none where nothing waits, however long that lasts', () => {
    expect(over([[0, 4, 4], [90, 4, 4]])).toBeUndefined()
    expect(over([[0, 0, 0], [90, 0, 0]])).toBeUndefined()
  })
  it('begins anew with each move, however small, and however much waits', () => {
    expect(over([[0, 0, 90_000], [15, 1, 90_000], [30, 2, 95_000]])).toEqual({ through: 2, since: 30 })
  })
  it('is none of one that was idle between two looks: what is new has not waited since then', () => {
    expect(over([[0, 4, 5], [1, 5, 5], [60, 5, 6]])).toEqual({ through: 5, since: 60 })
    expect(over([[0, 4, 5], [60, 5, 6]])).toEqual({ through: 5, since: 60 })
  })
})
