/**
 * Imports a NIBRS file, flat or XML: decides for each record by its stream's history; appends many at once; quarantines whole
 * what cannot be accepted.
 */
import { readFormat, told } from '../feeds/nibrs/read-nibrs'
import type { RawRecord } from '../feeds/nibrs/read-records'
import type { Statistics } from '../feeds/nibrs/statistics'
import { FileImport, type Feed, type ImportDeps, type ImportFile, type RunReport } from './import-file'
import { mappingOf, NIBRS } from './inbound-nibrs'
import type { ImportOptions } from './import-options'
import { RecordSettler } from './settle-records'

export interface ImportReport extends RunReport {
  /** zones in which local times were read; assumed: taken from the state, which has more than one */
  readonly zones: readonly { readonly zone: string; readonly assumed: boolean }[]
  readonly statistics: ReturnType<Statistics['result']>
}

export class NibrsImport {
  constructor(private readonly deps: ImportDeps) {}

  /** The format is told by the file's content; either is read by a mapping of its own. */
  async run(file: ImportFile, options: ImportOptions): Promise<ImportReport> {
    const { format, source } = await told(file.source)
    const feed: Feed<RawRecord, RecordSettler> = { system: NIBRS.system, mapping: mappingOf(format), read: (bytes, counts) => readFormat(format, bytes, counts), settling: (given, of) => new RecordSettler(given, of) }
    const { report, settled } = await new FileImport(this.deps, feed).run({ ...file, source }, options)
    return { ...report, zones: settled.zones(), statistics: settled.statistics.result() }
  }
}
