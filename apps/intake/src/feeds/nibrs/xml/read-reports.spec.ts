import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { recordsOf, toXml } from '../../../../../../samples/nibrs/to-xml'
import { checkRecord } from '../edits/check-record'
import { parseRecord, type Parsed } from '../parse-record'
import { namesSame, readNibrs } from '../read-nibrs'
import { MAX_RECORD_BYTES, readCounts, type RawRecord } from '../read-records'
import type { NibrsRecord } from '../records'
import { draftsOf, keyOf } from '../to-events'

const folder = join(__dirname, '../../../../../../samples/nibrs')
const flat = readFileSync(join(folder, '2026-07.txt'), 'latin1')
const inPieces = async function* (bytes: Uint8Array, size: number) { for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size) }
const read = async (text: string | Uint8Array, size = 1 << 16): Promise<{ raw: RawRecord; parsed: Parsed }[]> => {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  const found: { raw: RawRecord; parsed: Parsed }[] = []
  for await (const raw of (await readNibrs(inPieces(bytes, size))).records) found.push({ raw, parsed: parseRecord(raw) })
  return found
}
/** What becomes of the record as an event, without the place in the file and the mapping. */
const events = (record: NibrsRecord) => draftsOf(record, { streamId: '00000000-0000-8000-8000-000000000000', version: 1, current: [], zone: 'America/Chicago', newToken: (kind) => kind, edits: checkRecord(record), receivedOn: '2026-08-31' })
  .map(({ type, data, time, timePrecision, timeText }) => ({ type, data, time, timePrecision, timeText, key: keyOf(record) }))
const inBoth = recordsOf(flat).filter((record) => record.kind === 'groupA' || record.kind === 'groupB')
const some = inBoth.slice(0, 3)
const xml = toXml(some)

describe('a NIBRS XML submission', () => {
  it('gives the events that the flat file gives, for every incident and arrest of the July sample, however the file is cut in pieces', async () => {
    for (const size of [1 << 16, 61]) {
      const found = await read(toXml(inBoth), size)
      expect(found.map(({ parsed }) => parsed.ok ? events(parsed.record) : parsed)).toEqual(inBoth.map(events))
    }
    expect(inBoth.length).toBeGreaterThan(60)
  })

  it('has the fingerprint of the record in the flat file: whichever comes again, it is known', async () => {
    const [inXml, inFlat] = [await read(toXml(inBoth)), await read(flat)]
    const flatPrints = new Set(inFlat.map(({ raw }) => raw.sha256))
    expect(inXml.filter(({ raw }) => !flatPrints.has(raw.sha256)).map(({ raw }) => raw.content)).toEqual([])
  })

  it('gives deletes of incidents and of arrests, and replacements, as the flat file does', async () => {
    const changes = recordsOf(readFileSync(join(folder, '2026-08.txt'), 'latin1')).filter((r) => r.kind === 'delete' || r.kind === 'groupA')
    const found = await read(toXml(changes))
    expect(found.map(({ parsed }) => parsed.ok ? [parsed.record.kind, parsed.record.action, keyOf(parsed.record)] : parsed)).toEqual(changes.map((r) => [r.kind, r.action, keyOf(r)]))
  })

  it('names places by the lines of the XML file', async () => {
    const [first] = await read(xml)
    expect(xml.split('\n')[first!.raw.firstLine - 1]).toContain('<nibrs:Report>')
    expect(first!.raw.content.map(({ line }) => xml.split('\n')[line - 1]!.trim().slice(0, 12))).toEqual(['<nc:Incident', '<j:Offense s', '<j:Victim s:', '<j:Subject s', '<j:Arrestee '])
    expect(Buffer.from(xml).subarray(first!.raw.offset, first!.raw.offset + first!.raw.length).toString()).toMatch(/^<nibrs:Report>[^]*<\/nibrs:Report>$/)
  })

  it('knows elements by their namespace, whatever the prefix', async () => {
    const other = xml.replaceAll('nibrs:', 'q:').replace('xmlns:nibrs=', 'xmlns:q=').replaceAll('nc:', 'w:').replace('xmlns:nc=', 'xmlns:w=')
    expect(other).toContain('xmlns:q=')
    expect((await read(other)).map(({ parsed }) => parsed.ok ? events(parsed.record) : parsed)).toEqual(some.map(events))
  })

  it('keeps bytes that are a document of their own, and read again as the same record', async () => {
    for (const { raw, parsed } of await read(xml)) {
      const [again, more] = await read(raw.bytes!)
      expect(more).toBeUndefined()
      expect(again!.parsed.ok && parsed.ok && events(again!.parsed.record)).toEqual(parsed.ok && events(parsed.record))
    }
  })

  it.each([
    ['an unknown version, by its name', (x: string) => x.replace('nibrs/2019', 'nibrs/4.2'), 'xml-unknown-namespace', /fbi\.gov\/cjis\/nibrs\/4\.2/, 1],
    ['a namespace that is a secret, without repeating it', (x: string) => x.replace('http://fbi.gov/cjis/nibrs/2019', 'http://jane-doe'), 'xml-unknown-namespace', /^(?!.*jane)/, 1],
    ['a DTD', (x: string) => x.replace('<nibrs:Submission', '<!DOCTYPE a [<!ENTITY b "c">]>\n<nibrs:Submission'), 'xml-with-dtd', /DTD/, 1],
    ['entities that expand into one another', (x: string) => x.replace('<nibrs:Submission', `<!DOCTYPE a [<!ENTITY a "x">${Array.from({ length: 30 }, (_, i) => `<!ENTITY a${i} "&a;&a;&a;">`).join('')}]><nibrs:Submission`), 'xml-with-dtd', /DTD/, 1],
    ['an external entity', (x: string) => x.replace('<nibrs:Submission', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><nibrs:Submission'), 'xml-with-dtd', /DTD/, 1],
    ['another encoding', (x: string) => x.replace('UTF-8', 'ISO-8859-1'), 'wrong-encoding', /UTF-8/, 1],
    ['no submission', () => '<html><body>504</body></html>', 'xml-unknown-namespace', /no NIBRS submission/, 1],
    ['nothing but a tag', () => '<', 'xml-cut', /cut/, 1],
    ['elements without end', (x: string) => x.replace('<nibrs:Report>', '<nc:Item>'.repeat(5000)), 'xml-not-well-formed', /deep/, 1],
  ])('refuses whole %s', async (_, change, cause, text, records) => {
    const found = await read(change(xml))
    expect(found.map(({ parsed }) => parsed.ok ? 'read' : parsed.cause)).toEqual(Array.from({ length: records }, () => cause))
    expect(found[0]!.parsed.ok ? '' : found[0]!.parsed.text).toMatch(text)
    expect(found[0]!.raw.bytes?.length).toBeGreaterThan(0)
  })

  it.each([
    ['an element that is not known', '<j:Height>3</j:Height></nibrs:Report>', 'xml-unknown-element', /j:Height/],
    ['an element of another namespace', '<x:A xmlns:x="urn:state">3</x:A></nibrs:Report>', 'xml-unknown-namespace', /urn:state/],
    ['a second incident', '<nc:Incident/></nibrs:Report>', 'xml-repeated', /nc:Incident/],
    ['a reference to nothing', '<j:OffenseVictimAssociation><j:Offense s:ref="Nobody"/><j:Victim s:ref="Nobody"/></j:OffenseVictimAssociation></nibrs:Report>', 'xml-reference', /s:ref/],
    ['a character that is no ASCII', '<nc:Location><nibrs:LocationCategoryCode>\u00e9</nibrs:LocationCategoryCode></nc:Location></nibrs:Report>', 'xml-unknown-value', /ASCII/],
    ['text between elements', 'Jane</nibrs:Report>', 'xml-unknown-value', /^(?!.*Jane)/],
  ])('refuses alone a report with %s', async (_, end, cause, text) => {
    const found = await read(xml.replace('</nibrs:Report>', end))
    expect(found.map(({ parsed }) => parsed.ok ? 'read' : parsed.cause)).toEqual([cause, 'read', 'read'])
    const [{ parsed, raw }] = found as [typeof found[number]]
    expect(parsed.ok ? '' : parsed.text).toMatch(text)
    expect(Buffer.from(raw.bytes!).toString()).toContain(end.slice(0, 8))
  })

  it.each(['ZERO REPORT', 'GROUP A INCIDENT REPORT_Time Window'])('refuses a %s by name, and says how to send it', async (category) => {
    const [{ parsed }] = (await read(xml.replace('GROUP A INCIDENT REPORT', category))) as [Awaited<ReturnType<typeof read>>[number]]
    expect(parsed).toMatchObject({ ok: false, cause: 'xml-unknown-value', text: expect.stringContaining('Send a zero report or a time-window report as a flat file') })
  })

  it('reads what stands whole before a cut, and keeps what stands behind it', async () => {
    const at = xml.lastIndexOf('<j:Victim ')
    const found = await read(xml.slice(0, at))
    expect(found.map(({ parsed }) => parsed.ok ? 'read' : parsed.cause)).toEqual(['read', 'read', 'xml-cut'])
    expect(Buffer.from(found[2]!.raw.bytes!).toString()).toContain(xml.slice(at - 200, at))
    const behind = await read(xml.replace('</nibrs:Submission>', ''))
    expect(behind.map(({ parsed }) => parsed.ok ? 'read' : parsed.cause)).toEqual(['read', 'read', 'read', 'xml-cut'])
  })

  it('takes no end tag of another name for the end of a report', async () => {
    const found = await read(xml.replace('</nibrs:Report>', '</j:Victim></nibrs:Report>'))
    expect(found.map(({ parsed }) => parsed.ok ? 'read' : parsed.cause)).toEqual(['xml-not-well-formed'])
    expect(Buffer.from(found[0]!.raw.bytes!).toString()).toContain(xml.slice(xml.indexOf('<nibrs:Report>'), xml.indexOf('</nibrs:Report>')))
  })

  it('reads no report out of the metadata, and does not lose one there either', async () => {
    const found = await read(xml.replace('<nibrs:Report>', '<cjis:MessageMetadata><nibrs:Report>').replace('</nibrs:Report>', '</nibrs:Report></cjis:MessageMetadata>'))
    expect(found.map(({ parsed }) => parsed.ok ? 'read' : parsed.cause)).toEqual(['xml-unknown-element', 'read', 'read'])
  })

  it('holds no long text: 24 MiB in one value are refused with place and hash, and what stands before is read', async () => {
    const mib = Buffer.alloc(1 << 20, 120)
    async function* source() {
      const [before, after] = xml.split(/(?=<\/nibrs:Report>\s*<\/nibrs:Submission>)/)
      yield Buffer.from(`${before}<nc:Location><nibrs:LocationCategoryCode>`)
      for (let i = 0; i < 24; i++) yield mib
      yield Buffer.from(`</nibrs:LocationCategoryCode></nc:Location>${after}`)
    }
    const found: [string, number, boolean][] = []
    const counts = readCounts()
    for await (const raw of (await readNibrs(source(), counts)).records) { const parsed = parseRecord(raw); found.push([parsed.ok ? 'read' : parsed.cause, raw.length, raw.bytes !== undefined]) }
    expect(found.map(([cause]) => cause)).toEqual(['read', 'read', 'xml-too-large'])
    expect(found[2]![1]).toBeGreaterThan(24 * MAX_RECORD_BYTES)
    expect(found[2]![2]).toBe(false)
    expect(counts.records).toBe(3)
  })

  it('tells XML from the flat file behind a byte order mark and blanks', async () => {
    expect((await read(`\ufeff${xml}`)).filter(({ parsed }) => parsed.ok)).toHaveLength(3)
    expect((await readNibrs(inPieces(Buffer.from(`\n \t${flat}`), 1))).format).toBe('flat')
    expect((await readNibrs(inPieces(Buffer.from('\n\n<a/>'), 1))).format).toBe('xml')
  })
})

describe('a repair of an XML report', () => {
  const bytes = (text: string) => Buffer.from(text)
  const [one, other] = [toXml(some.slice(0, 1)), toXml(some.slice(1, 2))]
  // it cannot be read: an element that nobody knows
  const unreadable = one.replace('<j:Offense ', '<j:NobodyKnows/><j:Offense ')
  it.each([
    ['the same report', one, one, true],
    ['another report', one, other, false],
    ['another beside it', one, toXml(some.slice(0, 2)), false],
    ['the same, where it could not be read', unreadable, one, true],
    ['another, where it could not be read', unreadable, other, false],
    ['what names none', one, '<nothing/>', true],
  ])('names %s', async (_, before, now, expected) => {
    expect(await namesSame(bytes(before), bytes(now))).toBe(expected)
  })
  it('the one that stands for it could not be read indeed', async () => { expect((await read(unreadable)).map(({ raw }) => [raw.content.length, raw.refused === undefined])).toEqual([[0, false]]) })
})
