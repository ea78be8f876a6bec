/** The schema of mappings, as it comes with this build. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '@chorus/platform'
import { readMapping, type Mapping, type MappingProblem } from '../feeds/mapped/mapping'

/** Whether a file of this mapping says of everybody who is not on it that he has left. One that cannot be read says nothing. */
export const isFullRoster = (text: string | undefined): boolean => known(text)?.snapshot?.full === true
/** Whether clocks of hours hang on a file of this mapping. */
export const isOfHours = (text: string | undefined): boolean => ['arrest', 'jail-roster'].includes(known(text)?.target ?? '')

/** It is asked at each look, of the same few. */
let last: { readonly text: string; readonly mapping?: Mapping } | undefined
const known = (text: string | undefined): Mapping | undefined => {
  if (text === undefined) return undefined
  if (last?.text !== text) { const read = mappingIn(text); last = { text, ...('mapping' in read && { mapping: read.mapping }) } }
  return last.mapping
}

let schema: object | undefined
export const mappingIn = (text: string): { readonly mapping: Mapping } | { readonly problems: readonly MappingProblem[] } => {
  schema ??= JSON.parse(readFileSync(join(repositoryRoot(), 'apps', 'intake', 'policies', 'mapping.schema.json'), 'utf8')) as object
  return readMapping(text, schema)
}
