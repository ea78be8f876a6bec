/** The feeds whose files are damaged: a new one is a line here, and a file beside this that mutates and judges. */
import { fuzz, type FuzzFailure } from './nibrs'
import { fuzzXml } from './nibrs-xml'

export interface FuzzedFeed {
  /** files of our own, and under the folder of real data where there is one */
  readonly samples: readonly string[]
  readonly real: readonly string[]
  /** One mutant of each seed from `seed` on, of a file as latin1 text; stops at the first failures (10). */
  readonly fuzz: (text: string, seed: number, runs: number) => FuzzFailure[]
}

export const FEEDS: Readonly<Record<string, FuzzedFeed>> = {
  nibrs: { samples: ['samples/nibrs/2026-07.txt'], real: ['nibrs/honolulupdNIBRSReport-2019-05.txt'], fuzz },
  'nibrs-xml': { samples: ['samples/nibrs/2026-07.xml'], real: ['nibrs/nibrs_GroupAIncident_Sample.xml', 'nibrs/nibrs_GroupBArrest_Sample.xml'], fuzz: fuzzXml },
}
