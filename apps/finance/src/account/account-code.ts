/** The code of an account, FY-FUND-COSTCENTER-CLASS, and its fiscal year. Pure. */
const CODE = /^(\d{2})-(\d{4})-(\d{6})-([ABCETX])$/

export interface AccountCode {
  /** the year in which the fiscal year ends */
  readonly fy: number
  readonly fund: string
  readonly costCenter: string
  readonly class: string
  /** first and last day of the fiscal year: 1 May to 30 April */
  readonly firstDay: string
  readonly lastDay: string
}

/** `27-2000-501905-B` read; null where it is no code of an account. */
export const accountCode = (text: string): AccountCode | null => {
  const [, year, fund, costCenter, letter] = CODE.exec(text) ?? []
  if (year === undefined || fund === undefined || costCenter === undefined || letter === undefined) return null
  const fy = 2000 + Number(year)
  return { fy, fund, costCenter, class: letter, firstDay: `${fy - 1}-05-01`, lastDay: `${fy}-04-30` }
}

/** A day, so many days later. */
export const daysLater = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)

/** Cents as a person reads them: $17,000.01 */
export const dollars = (cents: number): string => `$${Math.trunc(cents / 100).toLocaleString('en-US')}.${String(cents % 100).padStart(2, '0')}`
