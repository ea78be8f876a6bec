/** The schema of mappings, as it comes with this build. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repositoryRoot } from '@chorus/platform'
import { readMapping, type Mapping, type MappingProblem } from '../feeds/mapped/mapping'

let schema: object | undefined
export const mappingIn = (text: string): { readonly mapping: Mapping } | { readonly problems: readonly MappingProblem[] } => {
  schema ??= JSON.parse(readFileSync(join(repositoryRoot(), 'apps', 'intake', 'policies', 'mapping.schema.json'), 'utf8')) as object
  return readMapping(text, schema)
}
