/**
 * Cuts a NIBRS XML submission into its reports, as a stream: at most one report of 1 MiB and a piece of the file are held.
 *
 * - Each nibrs:Report is one record. A report that cannot be read is refused alone; those around it are read.
 * - What makes the document no XML (not well-formed, cut, a DTD, another encoding, a value beyond any size) cannot be read
 *   past: from the report in which it happens to the end of the file, the rest is one refused record, with place and hash.
 * - No DTD is read, so there are no entities to expand and nothing outside of the file is ever opened.
 *
 * Bytes go to the parser one character each, so that its positions are bytes of the file; UTF-8 is checked report by report.
 */
import { createHash, hash, type Hash } from 'node:crypto'
import { SaxesParser, type SaxesTagNS } from 'saxes'
import { MAX_RECORD_BYTES, type RawRecord, type ReadCounts } from '../read-records'
import { NAMESPACES, READ_VERSIONS, STRUCTURES, Unreadable, type XmlCause, type XmlNode, type XmlRefusal } from './node'
import { segmentsOf } from './to-segments'

const NOT_WELL_FORMED = 'the document is not well-formed XML here: nothing behind it can be read; export the file again'
const PIECE = 32 * 1024
/** No tag, value or comment of a submission is as long; the parser would have to hold it whole. */
const LONGEST = 256 * 1024
const DEEPEST = 40
/** Thrown out of the parser, which else goes on behind what it objects to, and objects to every character of a long text. */
const OVER = Symbol('nothing behind it can be read')

interface OpenReport { readonly start: number; readonly line: number; readonly tree: XmlNode[]; readonly depth: number; root?: XmlNode; refusal?: XmlRefusal; hash?: Hash; report: boolean; /** the message's own metadata: nothing of it becomes a record */ readonly metadata?: boolean }

const METADATA = new Set(['cjis:MessageMetadata', 'cjis:MessageDateTime', 'cjis:MessageIdentification', 'cjis:MessageImplementationVersion', 'cjis:MessageSubmittingOrganization', 'nc:IdentificationID', 'j:OrganizationAugmentation', 'j:OrganizationORIIdentification'])

const isUtf8 = (bytes: Uint8Array): boolean => {
  try { new TextDecoder('utf-8', { fatal: true }).decode(bytes); return true } catch { return false }
}

export class ReportCutter {
  private readonly parser = new SaxesParser({ xmlns: true, position: true })
  private ready: RawRecord[] = []
  private held: Buffer = Buffer.alloc(0)
  private heldAt = 0
  private fed = 0
  private depth = 0
  /** end of the last tag */
  private seen = 0
  private seenLine = 1
  private open: OpenReport | undefined
  private failure: XmlRefusal | undefined
  private rootTag = ''
  private rootName = ''
  private pendingStart = 0
  private line = 1
  private last = ''

  constructor(private readonly counts: ReadCounts) {
    const { parser } = this
    parser.on('error', () => { this.fail(this.ending ? 'xml-cut' : 'xml-not-well-formed', this.ending ? 'the document ends before its last element is closed: it was cut; send the whole file again' : NOT_WELL_FORMED); throw OVER })
    parser.on('doctype', () => { this.fail('xml-with-dtd', 'the document has a DTD (<!DOCTYPE …>), which a NIBRS submission does not: none is read, no entity is expanded; send the file without it') })
    parser.on('xmldecl', ({ encoding }) => { if (encoding !== undefined && !/^(utf-?8|us-ascii|ascii)$/i.test(encoding)) this.fail('wrong-encoding', 'the document declares another encoding than UTF-8: export it as UTF-8') })
    parser.on('opentagstart', (tag) => { this.pendingStart = Math.max(this.held.lastIndexOf(`<${tag.name}`, parser.position - tag.name.length - 1 - this.heldAt, 'latin1'), 0) + this.heldAt })
    parser.on('opentag', (tag) => { if (!this.failure) this.opened(tag) })
    parser.on('closetag', (tag) => { if (!this.failure) this.closed(tag) })
    parser.on('text', (text) => { if (!this.failure) this.textCame(text) })
    parser.on('cdata', (text) => { if (!this.failure) { this.textCame(text); this.markSeen() } })
    parser.on('comment', () => { if (!this.failure) this.commentCame() })
    parser.on('processinginstruction', () => { this.markSeen() })
  }
  private ending = false

  push(chunk: Uint8Array): RawRecord[] {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    if (this.start !== null) {
      bytes = Buffer.concat([this.start, bytes])
      this.start = bytes
      if (bytes.length < 3) return []
      bytes = this.begin(bytes)
    }
    this.pieces(bytes)
    return this.take()
  }

  /** A byte order mark is skipped. */
  private begin(bytes: Buffer): Buffer {
    this.start = null
    if (bytes[0] !== 0xef || bytes[1] !== 0xbb || bytes[2] !== 0xbf) return bytes
    this.counts.bytes += 3
    this.mark = 3
    return bytes.subarray(3)
  }
  private start: Buffer | null = Buffer.alloc(0)
  private mark = 0

  private pieces(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; at += PIECE) this.piece(bytes.subarray(at, at + PIECE))
  }

  end(): RawRecord[] {
    if (this.start !== null) this.pieces(this.begin(this.start))
    if (!this.failure) {
      this.ending = true
      this.parse(() => this.parser.close())
    }
    if (this.failure) this.finishRest()
    return this.take()
  }

  private piece(bytes: Buffer): void {
    this.counts.bytes += bytes.length
    this.held = Buffer.concat([this.held, bytes])
    this.fed += bytes.length
    for (const byte of bytes) if (byte === 10) { this.line++; this.counts.lines++ }
    if (!this.failure) {
      this.parse(() => this.parser.write(bytes.toString('latin1')))
      if (!this.failure && this.fed - this.seen > LONGEST) this.fail('xml-too-large', `a value, tag or comment longer than ${LONGEST / 1024} KiB begins here: no NIBRS report has one; nothing behind it can be read`, this.seenLine)
    }
    const from = this.open ? this.open.start : this.seen
    if (!this.open?.hash && from > this.heldAt) this.drop(from)
    if (this.open && (this.open.hash || this.held.length > MAX_RECORD_BYTES)) {
      this.open.hash ??= createHash('sha256').update(this.rootTag, 'latin1')
      this.open.hash.update(this.held)
      if (this.open.report && !this.failure) { this.open.tree.length = 0; this.open.refusal ??= { cause: 'xml-too-large', line: this.open.line, text: `line ${this.open.line}: a report longer than any NIBRS report (1 MiB): several may have run together` } }
      this.drop(this.fed)
    }
  }

  private parse(step: () => unknown): void {
    try { step() } catch (error) { if (error !== OVER) throw error }
  }

  private drop(to: number): void { this.held = Buffer.from(this.held.subarray(to - this.heldAt)); this.heldAt = to }
  private take(): RawRecord[] { const records = this.ready; this.ready = []; this.counts.records += records.length; return records }
  private markSeen(): void { this.seen = this.parser.position; this.seenLine = this.parser.line }

  /** The parser tells of a comment before it has seen the last character of its end: one is past when the next one comes. */
  private commentCame(): void {
    if (this.comment.at > this.seen) { this.seen = this.comment.at; this.seenLine = this.comment.line }
    this.comment = { at: this.parser.position, line: this.parser.line }
  }
  private comment = { at: 0, line: 1 }

  private opened(tag: SaxesTagNS): void {
    this.depth++
    this.markSeen()
    const { line } = this.parser
    if (this.depth > DEEPEST) { this.fail('xml-not-well-formed', `elements stand more than ${DEEPEST} deep in one another: no NIBRS report is built so; nothing behind it can be read`); return }
    const space = NAMESPACES.get(tag.uri)
    if (this.depth === 1) {
      if (space !== 'nibrs' || tag.local !== 'Submission') { this.fail(space === undefined ? 'xml-unknown-namespace' : 'xml-unknown-element', `the document is no NIBRS submission of a version that is read${named(tag.uri)}: nibrs:Submission of ${READ_VERSIONS} is needed`); return }
      this.rootName = tag.name
      this.rootTag = this.held.subarray(this.pendingStart - this.heldAt, this.parser.position - this.heldAt).toString('latin1')
      if (tag.isSelfClosing) this.rootTag = this.rootTag.replace(/\/>$/, '>')
      return
    }
    if (this.depth === 2) {
      const name = `${space ?? ''}:${tag.local}`
      const metadata = name === 'cjis:MessageMetadata'
      this.open = { start: this.pendingStart, line, tree: [], depth: 2, report: true, metadata }
      if (name !== 'nibrs:Report' && !metadata) this.refuse(space === undefined ? 'xml-unknown-namespace' : 'xml-unknown-element', line, `an element that is no nibrs:Report${named(tag.uri)} stands in the submission`)
    }
    const { open } = this
    if (!open || open.refusal) return
    if (space === undefined) { this.refuse('xml-unknown-namespace', line, `an element of a namespace that is not read${named(tag.uri)}; read are ${READ_VERSIONS}`); return }
    if (open.metadata) {
      if (!METADATA.has(`${space}:${tag.local}`)) this.refuse('xml-unknown-element', line, 'an element that is not known there stands in cjis:MessageMetadata: what it says would be lost')
      return
    }
    const attributes = Object.values(tag.attributes)
    const of = (local: string) => attributes.find((a) => a.uri === STRUCTURES && a.local === local)?.value
    const [id, ref] = [of('id'), of('ref')]
    const wrongStructures = attributes.find((a) => a.uri !== STRUCTURES && /\/structures\//.test(a.uri))
    if (wrongStructures) { this.refuse('xml-unknown-namespace', line, `an attribute of a namespace that is not read${named(wrongStructures.uri)}; read are ${READ_VERSIONS}`); return }
    const node: XmlNode = { name: `${space}:${tag.local}`, line, text: '', children: [], ...(id !== undefined && { id }), ...(ref !== undefined && { ref }) }
    open.tree.at(-1)?.children.push(node)
    open.root ??= node
    open.tree.push(node)
  }

  private closed(tag: SaxesTagNS): void {
    const { open } = this
    // The parser closes what is open before it objects to an end tag of another name: a report is whole by its own end tag only.
    if (open && this.depth === open.depth && !this.endsHere(tag)) { this.fail('xml-not-well-formed', NOT_WELL_FORMED); return }
    this.markSeen()
    if (open && this.depth === open.depth) this.finishReport(open)
    else open?.tree.pop()
    this.depth--
  }

  private endsHere(tag: SaxesTagNS): boolean {
    const before = this.held.subarray(0, this.parser.position - this.heldAt).toString('latin1', Math.max(0, this.parser.position - this.heldAt - LONGEST))
    return tag.isSelfClosing ? before.endsWith('/>') : before.slice(before.lastIndexOf('</')).replace(/\s+>$/, '>') === `</${tag.name}>`
  }

  private textCame(text: string): void {
    const node = this.open?.tree.at(-1)
    if (node) { node.text += text; return }
    if (!this.open && this.depth <= 1 && text.trim() !== '') this.fail('xml-not-well-formed', 'text stands between the reports: something of the document is lost; nothing behind it can be read')
  }

  private refuse(cause: XmlCause, line: number, what: string): void {
    if (this.open && !this.open.refusal) { this.open.refusal = new Unreadable(cause, line, what).refusal(); this.open.tree.length = 0 }
  }

  private finishReport(open: OpenReport): void {
    const end = this.parser.position
    if (open.metadata && !open.refusal) { this.open = undefined; return }
    const own = this.held.subarray(0, end - this.heldAt)
    const rest = own.subarray(open.hash ? 0 : open.start - this.heldAt)
    this.record(open, rest, end, this.parser.line, `\n</${this.rootName}>\n`)
    this.open = undefined
  }

  /** The document cannot be read further: all from here on, or from the start of the open report, is one record. */
  private fail(cause: XmlCause, what: string, line = this.parser.line): void {
    if (this.failure) return
    this.failure = new Unreadable(cause, Math.max(line, 1), what).refusal()
    if (this.open) { this.open.refusal = this.failure; this.open.tree.length = 0 }
    else this.open = { start: this.seen, line: this.seenLine, tree: [], depth: 0, report: false, refusal: this.failure }
  }

  private finishRest(): void {
    const open = this.open!
    open.refusal = this.failure!
    this.record(open, open.hash ? this.held : this.held.subarray(open.start - this.heldAt), this.fed, this.line, '')
    this.open = undefined
  }

  private record(open: OpenReport, rest: Buffer, end: number, endLine: number, after: string): void {
    const place = { format: 'xml' as const, firstLine: open.line, lines: Math.max(endLine - open.line + 1, 1), offset: open.start + this.mark, length: end - open.start }
    if (open.hash) {
      const sha256 = open.hash.update(rest).digest('hex')
      this.ready.push({ ...place, content: [], sha256, refused: open.refusal! })
      return
    }
    // The root's start tag stands before each report: its namespaces make the kept bytes a document of their own.
    const bytes = Buffer.concat([Buffer.from(this.rootTag === '' ? '' : `${this.rootTag}\n`, 'latin1'), rest, Buffer.from(after, 'latin1')])
    // A cut right behind a report leaves nothing of its own: it is told apart from other cuts by what came before.
    const sha256 = hash('sha256', rest.length === 0 ? `cut behind ${this.last}` : bytes, 'hex')
    this.last = sha256
    const keep = { ...place, bytes, sha256 }
    const refusal = open.refusal ?? (isUtf8(rest) ? undefined : new Unreadable('wrong-encoding', open.line, 'the report has bytes that are no UTF-8: export the file as UTF-8').refusal())
    if (refusal) { this.ready.push({ ...keep, content: [], refused: refusal }); return }
    try {
      const content = segmentsOf(open.root!)
      // Its fingerprint is that of its segments: the same record, sent in the other format or an earlier one again, is known as such.
      this.ready.push({ ...keep, content, sha256: hash('sha256', Buffer.from(content.map(({ text }) => `${text}\n`).join(''), 'latin1'), 'hex') })
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error
      this.ready.push({ ...keep, content: [], refused: error.refusal() })
    }
  }
}

/** A namespace is public, and its name is what the reader needs; anything else that may stand in its place is not repeated. */
const named = (uri: string): string => uri === '' ? ' (it has no namespace)' : /^(https?:\/\/(fbi\.gov|release\.niem\.gov|docs\.oasis-open\.org)\/[\w./-]{1,100}|urn:[\w:.-]{1,60})$/.test(uri) ? ` (${uri})` : ' (a namespace of neither the FBI nor NIEM)'
