/** The feeds whose files are damaged: a new one is a line here, and a file beside this that mutates and judges. */
import { fuzzDrop } from './drop'
import { fuzzExtract, mappingOf, mutantOf as extractMutant } from './extract'
import { fuzzKcpd, mutantOf as openDataMutant } from './kcpd'
import { fuzz, mutantOf as flatMutant, type FuzzFailure, type Random } from './nibrs'
import { fuzzXml, mutantOf as xmlMutant } from './nibrs-xml'
import type { Mutant, Sent } from './over-http'

export interface FuzzedFeed {
  /** files of our own, and under the folder of real data where there is one */
  readonly samples: readonly string[]
  readonly real: readonly string[]
  /** One mutant of each seed from `seed` on, of a file as latin1 text; stops at the first failures (10). */
  readonly fuzz: (text: string, seed: number, runs: number, file: string) => Promise<FuzzFailure[]>
  /** how a mutant is made and sent; absent: the feed has no route */
  readonly sent?: (file: string) => Sent
  readonly mutantOf: (text: string, next: Random, file: string) => Mutant
}

const NIBRS = (): Sent => ({ path: '/v1/imports/nibrs' })
export const FEEDS: Readonly<Record<string, FuzzedFeed>> = {
  nibrs: { samples: ['samples/nibrs/2026-07.txt'], real: ['nibrs/honolulupdNIBRSReport-2019-05.txt'], fuzz, sent: NIBRS, mutantOf: flatMutant },
  'nibrs-xml': {
    samples: ['samples/nibrs/2026-07.xml'], real: ['GroupAIncident', 'GroupAReplace', 'GroupBArrest', 'IncidentDelete'].map((name) => `nibrs/nibrs_${name}_Sample.xml`), fuzz: fuzzXml, sent: NIBRS, mutantOf: xmlMutant,
  },
  kcpd: { samples: ['samples/kcpd/2024.csv'], real: ['kcpd/kcpd_2018_sample.csv', 'kcpd/kcpd_2014_socrata_json_variant.json'], fuzz: fuzzKcpd, sent: () => ({ path: '/v1/imports/kcpd' }), mutantOf: openDataMutant },
  // Each with its mapping beside it.
  extract: {
    samples: ['kcpd-reports.csv', 'lap-screens.json', 'arrests.csv', 'jail-roster.csv', 'presentations.csv', 'charging.csv', 'court-conditions.csv', 'municipal-court.csv', 'probation.csv'].map((name) => `samples/extracts/${name}`), real: [],
    fuzz: fuzzExtract, sent: (file) => ({ path: '/v1/imports/extract/commit', mapping: mappingOf(file).yaml }), mutantOf: extractMutant,
  },
  // Of a drop folder the names are damaged; what is in the files is of no matter to it.
  drop: { samples: ['samples/nibrs/2026-06-zero.txt'], real: [], fuzz: fuzzDrop, mutantOf: (text) => ({ mutant: text, by: [] }) },
}
