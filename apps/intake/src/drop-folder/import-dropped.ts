/** Imports a file of the drop folder by the feed that it was recognised as, and writes what became of each of its rows. */
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isOri, type Actor } from '@chorus/contracts'
import type { Recorder } from '@chorus/event-store'
import { newId, Problem, problemOf, PROBLEM_TYPES, type Clock } from '@chorus/platform'
import type { Vault } from '@chorus/privacy'
import type { KcpdImport } from '../import-run/import-kcpd'
import type { NibrsImport } from '../import-run/import-nibrs'
import type { SettledRecord } from '../import-run/tally'
import { MAX_EXTRACT_BYTES, type MappedImport } from '../mapped-import/import-extract'
import { mappingIn } from '../mapped-import/mapping-file'
import { rosterSince } from '../mapped-import/roster-moment'
import type { Dropped, Imported } from './take-files'

export interface ImportDroppedDeps { readonly nibrs: Pick<NibrsImport, 'run'>; readonly kcpd: Pick<KcpdImport, 'run'>; readonly extracts: Pick<MappedImport, 'run'>; readonly recorder: Pick<Recorder, 'read'>; readonly vault: Pick<Vault, 'hmac'>; readonly clock: Clock; /** told a fault of ours */ readonly failed: (error: unknown) => void }

/** Who may write to the drop folder sends for every agency; who may write to a feed folder with an ORI as its name, for that agency alone. */
export const senderOf = (folder: string): Actor => ({ id: 'drop-folder', role: 'agencyFeed', agency: isOri(folder) ? folder : 'CITY' })

interface Sums { readonly run: string; readonly complete: boolean; readonly records: { readonly read: number; readonly accepted: number; readonly duplicate: number } }

export const importDropped = ({ nibrs, kcpd, extracts, recorder, vault, clock, failed }: ImportDroppedDeps, signal: AbortSignal) => async (file: Dropped): Promise<Imported> => {
  const rows = new RowsFile(file.rows)
  const options = { runId: newId(clock), actor: senderOf(file.folder), signal, told: (record: SettledRecord): void => { rows.add(record) } }
  const name = [...file.name.replaceAll(/[\p{Cs}\0\ufffd]/gu, '_')].slice(-255).join('')
  const { as } = file
  const source = { source: createReadStream(file.path), bytes: file.bytes, sha256: file.sha256, name }
  try {
    const own = file.again?.read.map((sha256) => vault.hmac('file', sha256).toString('hex')) ?? []
    if (as.as === 'extract' && file.again && await isOvertaken(recorder, as.mapping, file.again.taken, own)) return { outcome: 'refused', report: { refused: OVERTAKEN } }
    const report: Sums = as.as === 'nibrs' ? await nibrs.run(source, { ...options, dryRun: false })
      : as.as === 'kcpd' ? await kcpd.run(source, { ...options, dryRun: false })
        : await extracts.run({ mapping: as.mapping, bytes: await whole(file), name }, { ...options, commit: true, own })
    const { records, complete } = report
    if (!complete) return { outcome: 'again', text: 'the import of a file broke off: it goes on at the next look' }
    // As a command ends with "errors in the data": nothing of it was accepted, now or before. It may be another file than was meant.
    return { outcome: records.accepted + records.duplicate === 0 ? 'refused' : 'done', report: { ...report, ...(records.read === 0 && { why: 'The file holds no record: there is nothing to import. Export it again.' }) } }
  } catch (error) {
    const problem = problemOf(error)
    const { retryable, status } = PROBLEM_TYPES[problem.problem]
    if (retryable && problem.problem !== 'internal') return { outcome: 'again', text: problem.message }
    if (status < 500) return { outcome: 'refused', report: { refused: problem.message, ...(problem.more.errors && { errors: problem.more.errors }) } }
    failed(error)
    return { outcome: 'failed', text: 'the import of a file broke off with a fault of ours, which is in the log of this service: it is tried again' }
  } finally {
    source.source.destroy()
    rows.close()
  }
}

const OVERTAKEN = 'This roster was written on after it had been taken, and another roster of this facility came meanwhile: as a roster of now it would set people in who have left, and let out who is held. It changes nothing; what was recorded of it before stays recorded. Put a roster of the jail as it is now into the folder, and not this one again. Where senders stall, give the moment of the roster a column, and name it in the mapping (snapshot.asOf).'
/** A roster whose mapping names no moment counts as of now: what was written on does not, where another came meanwhile. */
const isOvertaken = async (recorder: Pick<Recorder, 'read'>, text: string, taken: string, own: readonly string[]): Promise<boolean> => {
  const known = mappingIn(text)
  // A mapping that is wrong is refused by its reader, by what is wrong with it.
  return 'mapping' in known && rosterSince(recorder, known.mapping, taken, own)
}

const whole = async ({ path, bytes }: Dropped): Promise<Buffer> => {
  if (bytes > MAX_EXTRACT_BYTES) throw new Problem('too-large', `The extract is over the limit of ${MAX_EXTRACT_BYTES} bytes: it is planned whole. Send it in parts.`)
  return readFile(path)
}

/** What became of each record, a line each, as CSV; written as it comes, in pieces. No value of any record. */
class RowsFile {
  private readonly file: number
  private text = 'line,lines,outcome,cause,quarantine,text\n'
  constructor(path: string) { this.file = openSync(path, 'w', 0o640) }

  add({ line, lines, outcome, quarantine }: SettledRecord): void {
    this.text += `${line},${lines},${outcome},${quarantine ? `${quarantine.cause},${quarantine.id},"${quarantine.text.replaceAll('"', '""')}"` : ',,'}\n`
    if (this.text.length > 64 * 1024) this.flush()
  }
  close(): void { this.flush(); closeSync(this.file) }
  private flush(): void { writeSync(this.file, this.text); this.text = '' }
}
