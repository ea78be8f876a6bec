/** Whom and what a row speaks of, also where it cannot be read as a whole: of a row that is set aside it must be known, or an order to destroy would miss it. Pure. */
import type { Mapping } from './mapping'
import type { Row } from './read-rows'

/** Numbers as they stand in their own columns; of a row that could not be parted into columns none. */
export interface NamesIn { readonly personIds: readonly string[]; readonly reportNumber?: string; readonly holdNumber?: string }

export const namesIn = (row: Row, { fields }: Pick<Mapping, 'fields'>): NamesIn => {
  const values = row.broken ? {} : row.values
  const told = row.broken ? [] : Object.entries(fields).flatMap(([name, { column, codes, value }]) => {
    const text = column === undefined ? String(value ?? '') : values[column] ?? ''
    // as the row's reading translates it: under that number it is looked up
    const translated = codes && column !== undefined ? Object.hasOwn(codes, text) ? String(codes[text]) : '' : text
    return translated === '' ? [] : [[name, translated] as const]
  })
  const textOf = (field: string): string | undefined => told.find(([name]) => name === field)?.[1]
  const [reportNumber, holdNumber] = [textOf('reportNumber'), textOf('holdNumber')]
  return { personIds: told.flatMap(([name, text]) => name.endsWith('personId') ? [text] : []), ...(reportNumber !== undefined && { reportNumber }), ...(holdNumber !== undefined && { holdNumber }) }
}

/** Whatever stands in a row that could not be parted, between what parts values in whatever format: one of these is the number that its column would have given. */
export const piecesOf = ({ content }: Pick<Row, 'content'>): readonly string[] => [...new Set(content.split(/[\n\r\t",;|:{}[\]]/u).map((piece) => piece.trim()).filter((piece) => piece !== ''))]
