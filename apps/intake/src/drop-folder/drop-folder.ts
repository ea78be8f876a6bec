/** What a file of the drop folder is: told by its feed folder, by the mapping beside it, else by its first bytes. Pure. */
import { isOri } from '@chorus/contracts'
import { UnknownLayout } from '../feeds/kcpd/raw-row'
import { readRows } from '../feeds/kcpd/read-rows'

export type DroppedAs = { readonly as: 'nibrs' } | { readonly as: 'kcpd' } | { readonly as: 'extract'; readonly mapping: string }
export interface Place {
  /** the feed folder; '' is the drop folder itself */
  readonly folder: string
  /** text of the mapping beside the file */
  readonly mapping?: string
  /** mappings that lie in the feed folder, where none is this file's own and there is more than one */
  readonly tooManyMappings?: boolean
}

/** Bytes of the beginning that are looked at. */
export const HEAD_BYTES = 64 * 1024
/** As isOri, but for its letters or a space around it; a word without a digit is none. */
const isNearlyOri = (folder: string): boolean => !isOri(folder) && /\d/.test(folder) && isOri(folder.trim().toUpperCase())

/** `refused`: why the file is none that can be imported, and what to do. */
export const recognise = async ({ folder, mapping, tooManyMappings }: Place, head: Uint8Array): Promise<DroppedAs | { readonly refused: string }> => {
  if (isNearlyOri(folder)) return { refused: 'The feed folder has the name of an agency\'s ORI but for its letters, so that nobody can tell whether the file is that agency\'s alone. Name the folder with the ORI in capitals, or otherwise if it is none, and put the file there again.' }
  if (folder === 'nibrs' || folder === 'kcpd') return { as: folder }
  if (mapping !== undefined) return { as: 'extract', mapping }
  if (tooManyMappings) return { refused: 'The feed folder holds more than one mapping, and none has the name of this file. Name the one that is meant after the file (arrests.csv: arrests.map.yml), or leave one mapping in the folder, and put the file there again.' }
  const as = await contentOf(head)
  if (as === 'kcpd' && isOri(folder)) return { refused: 'This is open crime data of the city, in the feed folder of an agency. Put it into the folder kcpd.' }
  return as === undefined
    ? { refused: 'Nobody can tell what this file is: it is no NIBRS submission, no open crime data of the city, and no mapping lies beside it. Put it into its feed folder (nibrs, kcpd), or put its mapping beside it (arrests.csv: arrests.map.yml), the mapping first; then put the file there again.' }
    : { as }
}

const contentOf = async (head: Uint8Array): Promise<'nibrs' | 'kcpd' | undefined> => {
  const text = Buffer.from(head).toString('latin1').replace(/^\xef\xbb\xbf/, '').trimStart()
  // XML of another kind is refused by its reader, with its name for what it is.
  if (text.startsWith('<') && text.charAt(1) !== '\0') return 'nibrs'
  // A flat file: the length of the segment in four digits, its level, its action.
  if (/^\d{4}[0-7][A-Z]/.test(text)) return 'nibrs'
  try {
    for await (const row of readRows((async function* () { yield head })(), { lines: 0, blank: 0, bytes: 0, records: 0 })) return row.read.ok ? 'kcpd' : undefined
  } catch (error) {
    if (!(error instanceof UnknownLayout)) throw error
    // Its key columns are there: a column that nobody knows is refused by the reader, by its name.
    return error.missing.length === 0 ? 'kcpd' : undefined
  }
  return undefined
}
