/** What logs may show. Everything that is sealed in the log of events is masked in every other log too. */
import { fieldsOf, type ContractClass } from '@chorus/contracts'
import { isErased, isSealed } from './seal'

export const MASK = '[sealed]'

/** A copy of a plain object of a contract class (a command body, an event's data) with every sealed field masked, and fields that the class does not know left out. */
export const redact = (cls: ContractClass, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return MASK
  const source = value as Record<string, unknown>
  const shown: Record<string, unknown> = {}
  for (const spec of fieldsOf(cls)) {
    const at = source[spec.name]
    if (at === undefined) continue
    if (spec.sealed) shown[spec.name] = MASK
    else if (!spec.nested) shown[spec.name] = at
    else if (Array.isArray(at)) { const nested = spec.nested(); shown[spec.name] = at.map(item => redact(nested, item)) }
    else shown[spec.name] = redact(spec.nested(), at)
  }
  return shown
}

/** A copy of any JSON value in which sealed and erased values are one word: shorter to read, and nothing to try keys on. */
export const maskSealed = (value: unknown): unknown => {
  if (isSealed(value)) return MASK
  if (isErased(value)) return '[erased]'
  if (Array.isArray(value)) return value.map(maskSealed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskSealed(inner)]))
}
