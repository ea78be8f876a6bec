/** Reads the text of a policy file: YAML, held against the schema of its kind, with the SHA-256 of its bytes. Pure. */
import { createHash } from 'node:crypto'
import { kindOf, POLICY_KINDS, type PolicyHead, type PolicyKind } from './kinds'
import { checkOf, readYaml, type Path, type YamlProblem } from './read-yaml'

export interface PolicyFile<Content extends PolicyHead = PolicyHead> {
  readonly text: string
  /** SHA-256 of the bytes, hex */
  readonly hash: string
  readonly kind: PolicyKind
  readonly policy: Content
}

/** The text is no policy: each problem has its place. */
export class PolicyUnreadable extends Error {
  constructor(name: string, readonly problems: readonly YamlProblem[]) {
    super(`${name} is no policy that can hold: ${problems.slice(0, 5).map(({ line, column, key, text }) => `line ${line}, column ${column}${key === '' ? '' : ` (${key})`} ${text}`).join('; ')}. Correct it and try again.`)
    this.name = 'PolicyUnreadable'
  }
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
export const policyVersionOf = ({ policyId, version }: Pick<PolicyHead, 'policyId' | 'version'>): string => `${policyId}@${version}`

const HEAD = checkOf({ type: 'object', required: ['policyId'], properties: { policyId: { enum: POLICY_KINDS.map(({ policyId }) => policyId) } } })

/** The last file read of each kind: it is the same for months, and reading it takes longer than deciding by it. */
const lastRead = new Map<string, PolicyFile>()

/** @param wanted the kind that it must be; absent: its policyId says it. @throws PolicyUnreadable */
export const readPolicy = <Content extends PolicyHead = PolicyHead>(text: string, name = 'the policy', wanted?: string): PolicyFile<Content> => {
  const known = wanted === undefined ? undefined : lastRead.get(wanted)
  if (known?.text === text) return known as PolicyFile<Content>
  const { file, at } = parsed<Content>(text, name, wanted)
  refuseWhere(name, at, file.kind.contradictions?.(file.policy as never))
  lastRead.set(file.kind.policyId, file)
  return file
}

/** A text that somebody puts forward. @throws PolicyUnreadable */
export const readNewPolicy = (text: string, name: string): PolicyFile => {
  const { file, at } = parsed(text, name)
  refuseWhere(name, at, [...file.kind.contradictions?.(file.policy as never) ?? [], ...file.kind.demands?.(file.policy as never) ?? []])
  return file
}

type At = (path: Path, text: string) => YamlProblem
const refuseWhere = (name: string, at: At, wrong: readonly { readonly path: Path; readonly text: string }[] = []): void => {
  if (wrong.length > 0) throw new PolicyUnreadable(name, wrong.map(({ path, text }) => at(path, text)))
}
const parsed = <Content extends PolicyHead>(text: string, name: string, wanted?: string): { readonly file: PolicyFile<Content>; readonly at: At } => {
  const head = readYaml(text, HEAD, 'a policy')
  if ('problems' in head) throw new PolicyUnreadable(name, head.problems)
  const kind = kindOf((head.value as PolicyHead).policyId)!
  if (wanted !== undefined && kind.policyId !== wanted) throw new PolicyUnreadable(name, [head.at(['policyId'], `must be ${wanted}`)])
  const read = readYaml(text, checkOf(kind.schema), 'this policy')
  if ('problems' in read) throw new PolicyUnreadable(name, read.problems)
  return { file: { text, hash: hashOf(text), kind, policy: read.value as Content }, at: read.at }
}
