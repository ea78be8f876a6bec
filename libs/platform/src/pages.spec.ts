import { countsOf, pageOf } from './query-params'

/** 1,300 rows, of which every third, and all from 400 to 1,100, may not be seen. */
const rows = Array.from({ length: 1300 }, (_, n) => n)
const isSeen = (n: number): boolean => n % 3 !== 0 && (n < 400 || n >= 1100)
const visible = rows.filter(isSeen)
const page = (limit: number, from: number): Promise<number[]> => pageOf({ limit, from }, (some, offset) => Promise.resolve(rows.slice(offset, offset + some)), (found) => Promise.resolve(found.filter(isSeen)))

describe('a page of what may be seen', () => {
  it('is full as long as there is more, and a client that goes on until a page is short has seen all of it, once', async () => {
    for (const limit of [1, 7, 50, 500]) {
      const seen: number[] = []
      for (let from = 0; ; from += limit) {
        const some = await page(limit, from)
        seen.push(...some)
        if (some.length < limit) break
      }
      expect(seen).toEqual(visible)
    }
  })
  it('beyond the end is empty, and of nothing is nothing', async () => {
    expect(await page(50, visible.length)).toEqual([])
    expect(await pageOf({ limit: 50, from: 0 }, () => Promise.resolve([]), (found) => Promise.resolve(found))).toEqual([])
  })
  it('is cut as if what is hidden were not there', async () => {
    const without = (limit: number, from: number): number[] => visible.slice(from, from + limit)
    for (const [limit, from] of [[10, 0], [10, 255], [60, 240], [3, 261]] as const) expect(await page(limit, from)).toEqual(without(limit, from))
  })
})
it('counts leave out what a wall hides', () => {
  const found = [{ row: { id: 'a' }, state: 'open' }, { row: { id: 'b' }, state: 'open' }, { row: { id: 'c' }, state: 'closed' }]
  expect(countsOf(found, { hides: () => false })).toEqual({ open: 2, closed: 1 })
  expect(countsOf(found, { hides: (value) => JSON.stringify(value).includes('b') })).toEqual({ open: 1, closed: 1 })
})
