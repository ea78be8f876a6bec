/** Every error number of the standard, and what becomes of it here. `docs/nibrs-edits.md` is written from it. */
import { EDITS_BY_REFUSAL } from '../parse-record'
import { RECEIPT_EDITS, RECORD_EDITS } from './check-record'
import { FILE_EDITS } from './file'
import { EDIT_WORDS } from './words'

/**
 * finding: the record is accepted and the number stands on its event · refusal: the record cannot be read, is not whole, or
 * is ambiguous, and waits in quarantine with this number · both: the one or the other, by the data element.
 */
export type EnforcedAs = 'finding' | 'refusal' | 'both'
export type CatalogueEntry = { readonly code: string; readonly words: string } & (
  | { readonly status: 'enforced'; readonly as: EnforcedAs; /** it needs the records before it in the file */ readonly overFile: boolean }
  | { readonly status: 'undecidable-from-one-file' | 'not-applicable'; readonly reason: string }
)

const NOT_APPLICABLE: Readonly<Record<string, string>> = { 999: 'the code table uses it where no number is known' }
const LIST = "needs the FBI's list of agencies and their states, which no file carries"
const ON_FILE = "needs what the FBI has on file; here the log knows, and answers by itself: a delete of an unknown record waits, one of a known record is a retraction"
const UNDECIDABLE: Readonly<Record<string, string>> = {
  '028': ON_FILE, '029': ON_FILE, '086': LIST, '096': LIST, 118: LIST, 173: LIST, 198: ON_FILE, 199: ON_FILE, 618: LIST, 718: LIST, 798: ON_FILE, 799: ON_FILE, 930: LIST, 931: LIST, 932: LIST, 933: LIST, 934: LIST, 952: LIST,
}

const found: ReadonlySet<string> = new Set([...RECORD_EDITS.map((edit) => edit.code), ...FILE_EDITS])
const refusing: ReadonlySet<string> = new Set(EDITS_BY_REFUSAL)
const overFile: ReadonlySet<string> = new Set(FILE_EDITS)

export const EDIT_CATALOGUE: readonly CatalogueEntry[] = Object.keys(EDIT_WORDS).sort().map((code): CatalogueEntry => {
  const words = EDIT_WORDS[code] ?? ''
  const undecidable = UNDECIDABLE[code]
  if (undecidable) return { code, words, status: 'undecidable-from-one-file', reason: undecidable }
  const reason = NOT_APPLICABLE[code]
  if (reason) return { code, words, status: 'not-applicable', reason }
  const as: EnforcedAs = found.has(code) && refusing.has(code) ? 'both' : refusing.has(code) ? 'refusal' : 'finding'
  return { code, words, status: 'enforced', as, overFile: overFile.has(code) && !RECORD_EDITS.some((edit) => edit.code === code) }
})

/** The catalogue as the page docs/nibrs-edits.md. */
export const cataloguePage = (): string => {
  const enforced = EDIT_CATALOGUE.filter((e) => e.status === 'enforced')
  const undecidable = EDIT_CATALOGUE.filter((e) => e.status === 'undecidable-from-one-file')
  const rest = EDIT_CATALOGUE.filter((e) => e.status === 'not-applicable')
  const how = (entry: CatalogueEntry): string => {
    if (entry.status !== 'enforced') return entry.reason
    const what = { finding: 'accepted, with the number on the event', refusal: 'quarantined', both: 'quarantined where the record cannot be read or told apart by it, else accepted with the number' }[entry.as]
    // Not on the event: there the same record from another file, or sent on another day, would look changed.
    if (entry.code === '060') return 'accepted, and counted in the report of its file: the day of receipt decides it'
    if ((RECEIPT_EDITS as readonly string[]).includes(entry.code)) return `${what}; a date after the day of receipt is counted in the report of its file alone`
    return entry.overFile ? 'accepted, and counted in the report of its file: it speaks of the records before it there' : what
  }
  const row = (entry: CatalogueEntry) => `| ${entry.code} | ${entry.words.replaceAll('|', '\\|')} | ${how(entry)} |`
  return `# The FBI's edits, and what becomes of them here

Written by the test beside \`apps/intake/src/feeds/nibrs/edits/catalogue.ts\`; change it there. The words are ours: what a record has
that breaks the edit. The FBI's own wording stands in its NIBRS Technical Specification.

Of ${EDIT_CATALOGUE.length} error numbers ${enforced.length} are enforced, ${undecidable.length} cannot be decided from one file, ${rest.length === 1 ? '1 does' : `${rest.length} do`} not apply. An edit that is broken is no
reason to lose a fact: the record is accepted, the number stands on its event, and reports count it. Only what cannot be
read, is not whole, or could mean two people under one number is refused, and waits in quarantine with all its lines.

## Enforced

| number | the record has | what happens |
|---|---|---|
${enforced.map(row).join('\n')}

## Undecidable from one file

| number | the record has | why |
|---|---|---|
${undecidable.map(row).join('\n')}

## Not applicable

| number | the record has | why |
|---|---|---|
${rest.map(row).join('\n')}
`
}
