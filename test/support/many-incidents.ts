/** NIBRS files of any size, made of the shipped sample as they are read: each copy of a record has a number of its own. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseRecord } from '../../apps/intake/src/feeds/nibrs/parse-record'
import { readCounts, RecordCutter } from '../../apps/intake/src/feeds/nibrs/read-records'

/** The lines of each readable record of the sample. */
const sample = (): string[][] => {
  const cutter = new RecordCutter(readCounts())
  const raw = [...cutter.push(readFileSync(join(__dirname, '../../samples/nibrs/2026-07.txt'))), ...cutter.end()]
  return raw.filter(record => parseRecord(record).ok).map(record => record.content.map(({ text }) => text))
}

/** At least `lines` lines in whole records. Files of different letters share no number. */
export function* manyIncidents(lines: number, letter = 'B'): Generator<Buffer> {
  const records = sample()
  for (let sent = 0, copy = 0; sent < lines; copy++) {
    let chunk = ''
    for (const [at, record] of records.entries()) {
      const number = `${letter}${String(copy).padStart(6, '0')}${String(at).padStart(4, '0')} `
      for (const line of record) { chunk += `${line.slice(0, 25)}${number}${line.slice(37)}\n`; sent++ }
      if (sent >= lines) break
    }
    yield Buffer.from(chunk, 'latin1')
  }
}
