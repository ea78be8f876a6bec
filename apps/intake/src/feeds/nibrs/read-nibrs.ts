/** Reads an agency's submission in either format of the standard: which one it is, its first character tells. */
import { namesSameReport, readRecords, type RawRecord, type ReadCounts, readCounts } from './read-records'
import { ReportCutter } from './xml/read-reports'

export type Format = 'flat' | 'xml'

/** The records of a submission whose format is to be told. Never throws on content; what the source throws, it throws when the records are read. */
export const readNibrs = async (source: AsyncIterable<Uint8Array>, counts: ReadCounts = readCounts()): Promise<{ readonly format: Format; readonly records: AsyncGenerator<RawRecord, void, undefined> }> => {
  const submission = await told(source)
  return { format: submission.format, records: readFormat(submission.format, submission.source, counts) }
}

export const readFormat = (format: Format, source: AsyncIterable<Uint8Array>, counts: ReadCounts): AsyncGenerator<RawRecord, void, undefined> => format === 'xml' ? reports(source, counts) : readRecords(source, { counts })

/** Reads on until the format is told, and gives a source that begins at the first byte again. */
export const told = async (source: AsyncIterable<Uint8Array>): Promise<{ readonly format: Format; readonly source: AsyncIterable<Uint8Array> }> => {
  const iterator = source[Symbol.asyncIterator]()
  const first: Uint8Array[] = []
  let failure: { readonly error: unknown } | undefined
  let format: Format | undefined
  try {
    for (let bytes = 0; format === undefined;) {
      const next = await iterator.next()
      if (next.done) { format = 'flat'; break }
      first.push(Buffer.from(next.value))
      bytes += next.value.length
      format = formatOf(Buffer.concat(first), bytes >= MOST_BLANK)
    }
  } catch (error) { failure = { error } }
  async function* whole(): AsyncGenerator<Uint8Array> {
    try {
      yield* first
      if (failure) throw failure.error
      for (;;) {
        const next = await iterator.next()
        if (next.done) return
        yield next.value
      }
    } finally { await iterator.return?.() }
  }
  return { format: format ?? 'flat', source: whole() }
}

/** Blank characters before the first other one; more are no submission of either kind. */
const MOST_BLANK = 4096
const formatOf = (start: Buffer, enough: boolean): Format | undefined => {
  const text = start.toString('latin1').replace(/^\xef\xbb\xbf/, '').trimStart()
  if (text !== '') return text.startsWith('<') && text.charAt(1) !== '\0' ? 'xml' : 'flat'
  return enough ? 'flat' : undefined
}

async function* reports(source: AsyncIterable<Uint8Array>, counts: ReadCounts): AsyncGenerator<RawRecord, void, undefined> {
  const cutter = new ReportCutter(counts)
  for await (const chunk of source) yield* cutter.push(chunk)
  yield* cutter.end()
}

/** Whether a repair names the same report as what it repairs, each in either format. A report in XML that cannot be read names the numbers that stand in it. */
export const namesSame = async (before: Uint8Array, now: Uint8Array): Promise<boolean> => {
  const [known, said] = await Promise.all([before, now].map(segmentsIn))
  if (known!.length > 0) return namesSameReport(known!, said!)
  const numbers = new Set([...Buffer.from(before).toString('latin1').matchAll(/IdentificationID>\s*([^<]*?)\s*</g)].map(([, number]) => number))
  return numbers.size === 0 || said!.toString('latin1').split('\n').every(line => line === '' || numbers.has(line.slice(25, 37).trim()))
}
const segmentsIn = async (bytes: Uint8Array): Promise<Buffer> => {
  if (formatOf(Buffer.from(bytes), true) === 'flat') return Buffer.from(bytes)
  const lines: string[] = []
  for await (const { content } of reports((async function* () { yield bytes })(), readCounts())) lines.push(...content.map(({ text }) => text))
  return Buffer.from(lines.join('\n'), 'latin1')
}
