/** README's flow table: whoever opens what it names finds it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, textOf } from './tree'

const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
const lines = textOf('README.md').split('\n')
const head = lines.findIndex((line) => line.startsWith('| what happens | folder | first file to open | proven by |'))
const end = lines.findIndex((line, at) => at > head && !line.startsWith('|'))
const rows = lines.slice(head + 2, end).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()))

describe('the flow table', () => {
  it('is there', () => {
    expect(head).toBeGreaterThan(0)
    expect(rows.length).toBeGreaterThan(40)
    expect(rows.filter((cells) => cells.length !== 4)).toEqual([])
  })
  it('names files that are there, from the root or from a folder of the row, and in each row one to open and one that proves it', () => {
    const missing: string[] = []
    for (const [what, folder = '', first = '', proven = ''] of rows) {
      const folders = quoted(folder).map((name) => name.replace(/\/$/, ''))
      const isThere = (name: string): boolean => ['', ...folders].some((from) => existsSync(join(root, from, name)))
      const toOpen = quoted(first)
      const proofs = [...quoted(proven), .../\bits specs?\b/.test(proven) ? toOpen.map((name) => name.replace(/\.ts$/, '.spec.ts')) : []]
      for (const name of [...toOpen, ...proofs]) if (/(\.\w+|\/)$/.test(name) && !name.includes('*') && !isThere(name)) missing.push(`${what}: ${name}`)
      if (toOpen.length === 0) missing.push(`${what}: no file to open`)
      if (proofs.length === 0) missing.push(`${what}: no proof`)
    }
    expect(missing).toEqual([])
  })
})
