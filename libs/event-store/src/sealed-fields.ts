/** Walks the fields of an event's data by its contract class: sealing, unsealing and the content fingerprint share this one walk. */
import { fieldsOf, type ContractClass, type FieldSpec } from '@chorus/contracts'

type Plain = Readonly<Record<string, unknown>>

interface Plan { readonly sealed: readonly FieldSpec[]; readonly tokens: readonly FieldSpec[]; readonly nested: readonly { readonly spec: FieldSpec; readonly plan: Plan }[] }
const plans = new Map<ContractClass, Plan>()
const planOf = (cls: ContractClass): Plan => {
  let plan = plans.get(cls)
  if (!plan) {
    const specs = fieldsOf(cls)
    plan = {
      sealed: specs.filter(spec => spec.sealed),
      tokens: specs.filter(spec => spec.privacy === 'token'),
      nested: specs.flatMap(spec => {
        if (!spec.nested) return []
        const inner = planOf(spec.nested())
        return inner.sealed.length + inner.tokens.length + inner.nested.length > 0 ? [{ spec, plan: inner }] : []
      }),
    }
    plans.set(cls, plan)
  }
  return plan
}

/** One sealed field that is there: its place, its class, whose key seals it, its value. */
export interface FieldPlace { readonly pointer: string; readonly spec: FieldSpec; /** token of the subject; undefined: the stream */ readonly subject: string | undefined; readonly value: unknown }

/** Every sealed field of the data that is there, in the order of the class. */
export const sealedFields = (cls: ContractClass, data: Plain): FieldPlace[] => {
  const found: FieldPlace[] = []
  collect(planOf(cls), data, '/data', found)
  return found
}
const collect = (plan: Plan, data: Plain, at: string, found: FieldPlace[]): void => {
  for (const spec of plan.sealed) {
    const value = data[spec.name]
    if (value !== undefined) found.push({ pointer: `${at}/${spec.name}`, spec, subject: spec.sealedFor ? data[spec.sealedFor] as string | undefined : undefined, value })
  }
  for (const { spec, plan: inner } of plan.nested) eachOf(data[spec.name], (item, index) => collect(inner, item, index === null ? `${at}/${spec.name}` : `${at}/${spec.name}/${index}`, found))
}

/** A copy of the data with every sealed field changed; `change` answers undefined to leave it out. What holds no sealed field is shared, not copied. */
export const mapSealed = (cls: ContractClass, data: Plain, change: (pointer: string, value: unknown, spec: FieldSpec, owner: Plain) => unknown): Record<string, unknown> =>
  mapped(planOf(cls), data, '/data', change)
const mapped = (plan: Plan, data: Plain, at: string, change: (pointer: string, value: unknown, spec: FieldSpec, owner: Plain) => unknown): Record<string, unknown> => {
  const copy: Record<string, unknown> = { ...data }
  for (const spec of plan.sealed) {
    const value = data[spec.name]
    if (value === undefined) continue
    const changed = change(`${at}/${spec.name}`, value, spec, data)
    if (changed === undefined) delete copy[spec.name]
    else copy[spec.name] = changed
  }
  for (const { spec, plan: inner } of plan.nested) copy[spec.name] = through(data[spec.name], (item, index) => mapped(inner, item, index === null ? `${at}/${spec.name}` : `${at}/${spec.name}/${index}`, change))
  return copy
}

/** All tokens of the data, each once, in the order of the class. */
export const tokensOf = (cls: ContractClass, data: Plain): string[] => {
  const found = new Set<string>()
  const walk = (plan: Plan, at: Plain): void => {
    for (const spec of plan.tokens) {
      const value = at[spec.name]
      if (typeof value === 'string') found.add(value)
      else if (Array.isArray(value)) for (const token of value) found.add(token as string)
    }
    for (const { spec, plan: inner } of plan.nested) eachOf(at[spec.name], item => walk(inner, item))
  }
  walk(planOf(cls), data)
  return [...found]
}

/** A copy of the data without its tokens, for the content fingerprint: tokens differ from run to run. */
export const withoutTokens = (cls: ContractClass, data: Plain): Record<string, unknown> => {
  const walk = (plan: Plan, at: Plain): Record<string, unknown> => {
    const copy: Record<string, unknown> = { ...at }
    for (const spec of plan.tokens) delete copy[spec.name]
    for (const { spec, plan: inner } of plan.nested) copy[spec.name] = through(at[spec.name], item => walk(inner, item))
    return copy
  }
  return walk(planOf(cls), data)
}

const eachOf = (value: unknown, visit: (item: Plain, index: number | null) => void): void => {
  if (Array.isArray(value)) value.forEach((item, index) => visit(item as Plain, index))
  else if (value !== undefined) visit(value as Plain, null)
}
const through = (value: unknown, visit: (item: Plain, index: number | null) => unknown): unknown =>
  Array.isArray(value) ? value.map((item, index) => visit(item as Plain, index)) : value === undefined ? undefined : visit(value as Plain, null)
