/** Reads the text of a policy file: YAML, checked against its schema, with its SHA-256. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020'
import { parse } from 'yaml'
import { repositoryRoot } from '@chorus/platform'
import type { LevelPolicy } from './criteria'

export interface PolicyFile { readonly text: string; readonly hash: string; readonly policy: LevelPolicy }

const folder = (): string => join(repositoryRoot(), 'apps', 'intake', 'policies')
let check: ReturnType<Ajv2020['compile']> | undefined

/** @throws Error that says what of the file is wrong, with its place. */
export function readPolicy(text: string, name = 'the policy'): PolicyFile {
  let parsed: unknown
  try { parsed = parse(text) } catch { throw new Error(`${name} is not readable YAML. Correct it and try again.`) }
  check ??= new Ajv2020({ allErrors: true, strict: true }).compile(JSON.parse(readFileSync(join(folder(), 'levels.schema.json'), 'utf8')) as object)
  if (!check(parsed)) {
    const wrong = (check.errors ?? []).slice(0, 5).map((error) => `${error.instancePath || '/'} ${error.message ?? 'is wrong'}`)
    throw new Error(`${name} does not fit apps/intake/policies/levels.schema.json: ${wrong.join('; ')}. Correct it and try again.`)
  }
  return { text, hash: createHash('sha256').update(text).digest('hex'), policy: parsed as LevelPolicy }
}

/** The policy that comes with this build. */
export const shippedPolicy = (): PolicyFile => readPolicy(readFileSync(join(folder(), 'kc-ipvi-levels.yaml'), 'utf8'), 'apps/intake/policies/kc-ipvi-levels.yaml')
