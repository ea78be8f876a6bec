/**
 * Columns of the FBI's NIBRS flat file, per segment level and per known segment length.
 * Positions count from 1, as in the FBI's specification. A segment's version is told by its length alone: newer versions
 * add columns at the end, so one table per level serves all of them; `since` names the shortest length that has the column.
 */

export const LEVELS = ['0', '1', '2', '3', '4', '5', '6', '7'] as const
export type Level = (typeof LEVELS)[number]

export const LEVEL_NAMES: Readonly<Record<Level, string>> = {
  0: 'zero report', 1: 'administrative', 2: 'offense', 3: 'property', 4: 'victim', 5: 'offender', 6: 'arrestee', 7: 'group B arrest',
}

/**
 * I incident · R replace · D delete · A add · M modify (both of the older standard; A is also how a group B arrest comes) ·
 * W time window: a late clearance, recovery or arrest for an incident older than the FBI's data base.
 */
export const ACTIONS = ['I', 'R', 'D', 'A', 'M', 'W'] as const
export type Action = (typeof ACTIONS)[number]

/** Actions that the standard has at each level; any other combination is not readable. */
export const ACTIONS_AT: Readonly<Record<Level, readonly Action[]>> = {
  0: ['I', 'A', 'R'],
  1: ['I', 'R', 'D', 'M', 'W'],
  2: ['I', 'R', 'D', 'A', 'M'],
  3: ['I', 'R', 'D', 'A', 'M', 'W'],
  4: ['I', 'R', 'D', 'A', 'M'],
  5: ['I', 'R', 'D', 'A', 'M'],
  6: ['I', 'R', 'D', 'A', 'M', 'W'],
  7: ['I', 'R', 'D', 'A', 'M'],
}

export type ColumnType = 'code' | 'number' | 'date' | 'text' | 'age'

export interface Column {
  readonly name: string
  /** data element number of the standard; header columns have none */
  readonly element?: string
  /** first position, 1-based */
  readonly start: number
  readonly length: number
  readonly type: ColumnType
  /** how often the column repeats, and at which distance; default once */
  readonly times?: number
  readonly every?: number
  /** shortest segment length that has the column; absent: all of them */
  readonly since?: number
}

const at = (name: string, element: string | undefined, start: number, length: number, type: ColumnType, more: Partial<Pick<Column, 'times' | 'every' | 'since'>> = {}): Column =>
  ({ name, ...(element ? { element } : {}), start, length, type, ...more })

/** Positions 1-37 are the same at every level. */
export const HEADER: readonly Column[] = [
  at('segmentLength', undefined, 1, 4, 'number'),
  at('level', undefined, 5, 1, 'code'),
  at('action', undefined, 6, 1, 'code'),
  at('month', undefined, 7, 2, 'number'),
  at('year', undefined, 9, 4, 'number'),
  at('cityIndicator', undefined, 13, 4, 'text'),
  at('ori', '1', 17, 9, 'text'),
  at('number', '2', 26, 12, 'text'),
]
export const HEADER_LENGTH = 37

const weapons = (element: string, start: number, times: number): readonly Column[] => [
  at('weapons', element, start, 2, 'code', { times, every: 3 }),
  at('automatic', element, start + 2, 1, 'code', { times, every: 3 }),
]

export const COLUMNS: Readonly<Record<Level, readonly Column[]>> = {
  0: [...HEADER, at('reportMonth', undefined, 38, 2, 'number'), at('reportYear', undefined, 40, 4, 'number')],
  1: [
    ...HEADER,
    at('incidentDate', '3', 38, 8, 'date'),
    at('reportDateIndicator', '3', 46, 1, 'code'),
    at('hour', '3', 47, 2, 'number'),
    at('clearedExceptionally', '4', 49, 1, 'code'),
    at('exceptionalClearanceDate', '5', 50, 8, 'date'),
    at('clearanceOffenses', '6', 58, 3, 'code', { times: 10, every: 3 }),
    at('cargoTheft', '2A', 88, 1, 'code', { since: 88 }),
  ],
  2: [
    ...HEADER,
    at('code', '6', 38, 3, 'code'),
    at('attempted', '7', 41, 1, 'code'),
    at('suspectedOfUsing', '8', 42, 1, 'code', { times: 3, every: 1 }),
    at('location', '9', 45, 2, 'code'),
    at('premises', '10', 47, 2, 'number'),
    at('methodOfEntry', '11', 49, 1, 'code'),
    at('criminalActivity', '12', 50, 1, 'code', { times: 3, every: 1 }),
    ...weapons('13', 53, 3),
    at('bias', '8A', 62, 2, 'code'),
    at('moreBias', '8A', 64, 2, 'code', { times: 4, every: 2, since: 71 }),
  ],
  3: [
    ...HEADER,
    at('loss', '14', 38, 1, 'code'),
    at('descriptions', '15', 39, 2, 'code', { times: 10, every: 19 }),
    at('values', '16', 41, 9, 'number', { times: 10, every: 19 }),
    at('recoveredDates', '17', 50, 8, 'date', { times: 10, every: 19 }),
    at('stolenVehicles', '18', 229, 2, 'number'),
    at('recoveredVehicles', '19', 231, 2, 'number'),
    at('drugTypes', '20', 233, 1, 'code', { times: 3, every: 15 }),
    at('drugWhole', '21', 234, 9, 'number', { times: 3, every: 15 }),
    at('drugThousandths', '21', 243, 3, 'number', { times: 3, every: 15 }),
    at('drugMeasures', '22', 246, 2, 'code', { times: 3, every: 15 }),
    at('clearanceOffenses', '6', 278, 3, 'code', { times: 10, every: 3 }),
  ],
  4: [
    ...HEADER,
    at('sequence', '23', 38, 3, 'number'),
    at('offenses', '24', 41, 3, 'code', { times: 10, every: 3 }),
    at('type', '25', 71, 1, 'code'),
    at('age', '26', 72, 4, 'age'),
    at('sex', '27', 76, 1, 'code'),
    at('race', '28', 77, 1, 'code'),
    at('ethnicity', '29', 78, 1, 'code'),
    at('resident', '30', 79, 1, 'code'),
    at('circumstances', '31', 80, 2, 'code', { times: 2, every: 2 }),
    at('justifiable', '32', 84, 1, 'code'),
    at('injuries', '33', 85, 1, 'code', { times: 5, every: 1 }),
    at('relatedOffenders', '34', 90, 2, 'number', { times: 10, every: 4 }),
    at('relationships', '35', 92, 2, 'code', { times: 10, every: 4 }),
    at('activity', '25A', 130, 2, 'code', { since: 141 }),
    at('assignment', '25B', 132, 1, 'code', { since: 141 }),
    at('otherOri', '25C', 133, 9, 'text', { since: 141 }),
  ],
  5: [
    ...HEADER,
    at('sequence', '36', 38, 2, 'number'),
    at('age', '37', 40, 4, 'age'),
    at('sex', '38', 44, 1, 'code'),
    at('race', '39', 45, 1, 'code'),
    at('ethnicity', '39A', 46, 1, 'code', { since: 46 }),
  ],
  6: [
    ...HEADER,
    at('sequence', '40', 38, 2, 'number'),
    at('transaction', '41', 40, 12, 'text'),
    at('date', '42', 52, 8, 'date'),
    at('type', '43', 60, 1, 'code'),
    at('multiple', '44', 61, 1, 'code'),
    at('offense', '45', 62, 3, 'code'),
    ...weapons('46', 65, 2),
    at('age', '47', 71, 4, 'age'),
    at('sex', '48', 75, 1, 'code'),
    at('race', '49', 76, 1, 'code'),
    at('ethnicity', '50', 77, 1, 'code'),
    at('resident', '51', 78, 1, 'code'),
    at('disposition', '52', 79, 1, 'code'),
    at('clearanceIndicator', undefined, 80, 1, 'code'),
    at('clearanceOffenses', '6', 81, 3, 'code', { times: 10, every: 3 }),
  ],
  7: [
    ...HEADER,
    at('sequence', '40', 38, 2, 'number'),
    at('date', '42', 40, 8, 'date'),
    at('type', '43', 48, 1, 'code'),
    at('offense', '45', 49, 3, 'code'),
    ...weapons('46', 52, 2),
    at('age', '47', 58, 4, 'age'),
    at('sex', '48', 62, 1, 'code'),
    at('race', '49', 63, 1, 'code'),
    at('ethnicity', '50', 64, 1, 'code'),
    at('resident', '51', 65, 1, 'code'),
    at('disposition', '52', 66, 1, 'code'),
  ],
}

/** Lengths of the published versions. A shorter segment is known only for deletes, which need no more than who and when. */
export const LENGTHS: Readonly<Record<Level, readonly number[]>> = {
  0: [43], 1: [87, 88], 2: [63, 71], 3: [307], 4: [129, 141], 5: [45, 46], 6: [110], 7: [66],
}
/** A delete may end after its number, or after the columns that find it: incident date, or arrestee sequence and arrest date. */
export const DELETE_LENGTHS: Readonly<Partial<Record<Level, readonly number[]>>> = {
  1: [37, 45], 2: [40], 3: [38], 4: [40], 5: [39], 6: [39], 7: [37, 39, 47],
}

export const lengthsOf = (level: Level, action: Action): readonly number[] =>
  action === 'D' ? [...(DELETE_LENGTHS[level] ?? []), ...LENGTHS[level]] : LENGTHS[level]

export const isLevel = (text: string): text is Level => (LEVELS as readonly string[]).includes(text)
export const isAction = (text: string): text is Action => (ACTIONS as readonly string[]).includes(text)
