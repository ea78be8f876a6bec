/** The thresholds of the matcher: versioned policy data, a DRAFT until the program has decided. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Ajv2020 from 'ajv/dist/2020'
import { parse } from 'yaml'
import { repositoryRoot } from '@chorus/platform'
import type { MatchPolicy } from './person-match'

export interface IdentityPolicy extends MatchPolicy { readonly policyId: string; readonly version: string; readonly status: 'DRAFT' | 'APPROVED'; /** what becomes of the link band: LINK, the machine links and says so; ASK, a person is asked there too */ readonly linkBand: 'LINK' | 'ASK' }
export interface IdentityPolicyFile { readonly policyVersion: string; readonly hash: string; readonly policy: IdentityPolicy }

const folder = (): string => join(repositoryRoot(), 'apps', 'intake', 'policies')

/** @throws Error that says what of the file is wrong, with its place. */
export function readIdentityPolicy(text: string, name = 'the policy'): IdentityPolicyFile {
  let parsed: unknown
  try { parsed = parse(text) } catch { throw new Error(`${name} is not readable YAML. Correct it and try again.`) }
  const check = new Ajv2020({ allErrors: true, strict: true }).compile(JSON.parse(readFileSync(join(folder(), 'identity.schema.json'), 'utf8')) as object)
  if (!check(parsed)) throw new Error(`${name} does not fit apps/intake/policies/identity.schema.json: ${(check.errors ?? []).slice(0, 5).map((error) => `${error.instancePath || '/'} ${error.message ?? 'is wrong'}`).join('; ')}. Correct it and try again.`)
  const policy = parsed as IdentityPolicy
  return { policyVersion: `${policy.policyId}@${policy.version}`, hash: createHash('sha256').update(text).digest('hex'), policy }
}

/** The policy that comes with this build. */
export const shippedIdentityPolicy = (): IdentityPolicyFile => readIdentityPolicy(readFileSync(join(folder(), 'kc-ipvi-identity.yaml'), 'utf8'), 'apps/intake/policies/kc-ipvi-identity.yaml')
