/** The feeds whose files are damaged: a new one is a line here, and a file beside this that mutates and judges. */
import { fuzzExtract } from './extract'
import { fuzzKcpd } from './kcpd'
import { fuzz, type FuzzFailure } from './nibrs'
import { fuzzXml } from './nibrs-xml'

export interface FuzzedFeed {
  /** files of our own, and under the folder of real data where there is one */
  readonly samples: readonly string[]
  readonly real: readonly string[]
  /** One mutant of each seed from `seed` on, of a file as latin1 text; stops at the first failures (10). */
  readonly fuzz: (text: string, seed: number, runs: number, file: string) => FuzzFailure[] | Promise<FuzzFailure[]>
}

export const FEEDS: Readonly<Record<string, FuzzedFeed>> = {
  nibrs: { samples: ['samples/nibrs/2026-07.txt'], real: ['nibrs/honolulupdNIBRSReport-2019-05.txt'], fuzz },
  'nibrs-xml': { samples: ['samples/nibrs/2026-07.xml'], real: ['nibrs/nibrs_GroupAIncident_Sample.xml', 'nibrs/nibrs_GroupBArrest_Sample.xml'], fuzz: fuzzXml },
  kcpd: { samples: ['samples/kcpd/2024.csv'], real: ['kcpd/kcpd_2018_sample.csv', 'kcpd/kcpd_2014_socrata_json_variant.json'], fuzz: fuzzKcpd },
  // Each with its mapping beside it.
  extract: { samples: ['kcpd-reports.csv', 'lap-screens.json', 'arrests.csv', 'jail-roster.csv', 'presentations.csv', 'charging.csv', 'court-conditions.csv', 'municipal-court.csv', 'probation.csv'].map((name) => `samples/extracts/${name}`), real: [], fuzz: fuzzExtract },
}
