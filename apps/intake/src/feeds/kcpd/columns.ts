/**
 * The columns of the open crime data of Kansas City, whose names drifted from year to year (2010 to 2024: spaces for
 * underscores, trailing spaces, a suffix _1 in the JSON, Fire Arm for Firearm, a single Location for Latitude and Longitude).
 * A file is told by its header alone; one with a column that nobody knows is refused by name, so that nothing is left out unseen.
 */

/** Each column that we know, and the names it has had: lower case, everything but letters and digits as one underscore. */
const NAMES = {
  report: ['report_no', 'report_number'],
  reportedDate: ['reported_date', 'report_date'], reportedTime: ['reported_time', 'report_time'],
  fromDate: ['from_date'], fromTime: ['from_time'], toDate: ['to_date'], toTime: ['to_time'],
  offense: ['offense'], ibrs: ['ibrs'], description: ['description', 'offense_description'],
  beat: ['beat'], address: ['address', 'location_address', 'location_1_address', 'location_1_location'], city: ['city', 'location_city', 'location_1_city'], state: ['state', 'location_state', 'location_1_state'],
  zip: ['zip_code', 'zip', 'zipcode', 'location_zip', 'location_1_zip'], district: ['rep_dist'], area: ['area'],
  flag: ['dvflag', 'dv_flag'], person: ['invl_no'], involvement: ['involvement'], race: ['race'], sex: ['sex'], age: ['age'], ageRange: ['age_range'],
  firearm: ['firearm_used_flag', 'fire_arm_used_flag', 'firearmusedflag'],
  location: ['location', 'location_1'], latitude: ['latitude'], longitude: ['longitude'],
  suspects: ['suspect_count'], victims: ['victim_count'], arrested: ['arrestee_count'], deceased: ['deceased_count'],
} as const
export type Column = keyof typeof NAMES
const BY_NAME = new Map<string, Column>(Object.entries(NAMES).flatMap(([column, names]) => names.map(name => [name, column as Column] as const)))
/** Columns of the portal or of a spreadsheet that say nothing of a report. */
const NOTHING = /^(?:|index|unnamed_\d+|computed_region_\w+|id|sid|created_at|updated_at|version|row_id)$/
export const KNOWN_COLUMNS: readonly string[] = Object.values(NAMES).map(([name]) => name)

const plain = (name: string): string => name.trim().toLowerCase().replaceAll(/[^a-z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '')
/** undefined: says nothing; null: nobody knows it */
export const columnOf = (header: string): Column | undefined | null => {
  const name = plain(header)
  if (NOTHING.test(name)) return undefined
  return BY_NAME.get(name) ?? BY_NAME.get(name.replace(/_1$/, '')) ?? null
}

export type Layout =
  | { readonly known: true; /** of each column of the file, in its order */ readonly columns: readonly (Column | undefined)[]; /** a row is one person and one offence, or a whole report */ readonly unit: 'person' | 'report' }
  | { readonly known: false; readonly unknown: readonly string[]; readonly missing: readonly string[]; /** columns whose name stands more than once */ readonly twice: readonly string[] }

export const layoutOf = (headers: readonly string[]): Layout => {
  const columns = headers.map(columnOf)
  const has = (...any: readonly Column[]): boolean => any.some(column => columns.includes(column))
  const missing = [
    ...(has('report') ? [] : ['report_no']), ...(has('reportedDate') ? [] : ['reported_date']), ...(has('offense', 'description', 'ibrs') ? [] : ['offense']),
    ...(has('involvement', 'victims', 'suspects') ? [] : ['involvement']),
  ]
  const unknown = headers.filter((_, at) => columns[at] === null)
  const names = headers.map(plain)
  const twice = headers.filter((_, at) => columns[at] && names.indexOf(names[at]!) < at)
  if (unknown.length > 0 || missing.length > 0 || twice.length > 0) return { known: false, unknown, missing, twice }
  return { known: true, columns: columns as (Column | undefined)[], unit: has('involvement') ? 'person' : 'report' }
}

export type Cells = Readonly<Partial<Record<Column, string>>>
/** Several columns may say one thing (Location and Location 1): the first that says anything counts. */
export const cellsOf = (columns: readonly (Column | undefined)[], values: readonly string[]): Cells => {
  const cells: Partial<Record<Column, string>> = {}
  columns.forEach((column, at) => { const value = values[at]?.trim(); if (column && value && cells[column] === undefined) cells[column] = value })
  return cells
}
