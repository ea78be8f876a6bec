/** Zero reports (level 0), and the order of segments. */
import { isMonth, isYear } from '../dates'
import { anyRecord, incident, zero, type Edit } from './edit'

const reported = (r: { readonly zero: { readonly reportMonth: string; readonly reportYear: string } }) => `${r.zero.reportYear}${r.zero.reportMonth}`
const valid = (r: { readonly zero: { readonly reportMonth: string; readonly reportYear: string } }) => isMonth(r.zero.reportMonth) && isYear(r.zero.reportYear)

export const zeroEdits: readonly Edit[] = [
  zero('004', 'reportYear', (r) => /^\d{4}$/.test(r.zero.reportYear) && r.zero.reportYear < '1991'),
  zero('015', '2', (r) => / /.test(r.zero.rawNumber.trim())),
  zero('016', '2', (r) => r.zero.rawNumber.startsWith(' ')),
  zero('017', '2', (r) => /[^A-Z0-9 -]/.test(r.zero.rawNumber)),
  zero('092', '2', (r) => r.zero.rawNumber !== '000000000000'),
  // Only the half that needs no date of conversion: earlier than the FBI keeps.
  zero('093', 'reportMonth', (r) => valid(r) && isYear(r.zero.year) && Number(r.zero.reportYear) < Number(r.zero.year) - 1),
  zero('094', 'reportMonth', (r) => valid(r) && isYear(r.zero.year) && isMonth(r.zero.month) && reported(r) > `${r.zero.year}${r.zero.month}`),
]

export const orderEdits: readonly Edit[] = [
  incident('050', '1', undefined, (r) => r.segments.some((s, i) => i > 0 && s.level < (r.segments[i - 1]?.level ?? '0'))),
  anyRecord('052', '1', (r) => !/^[A-Z]{2}[A-Z0-9]{7}$/.test(r.ori)),
  // Within one record; across the file see file.ts.
  anyRecord('058', undefined, (r) => r.segments.some((s) => s.month !== r.segments[0]?.month || s.year !== r.segments[0]?.year)),
]
