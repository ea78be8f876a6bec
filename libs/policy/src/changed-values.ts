/** Where two contents of one policy differ. Pure. */
export interface ChangedValue { /** path, with slashes between */ readonly key: string; /** JSON; absent: not there */ readonly before?: string; readonly after?: string }

const isPlain = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const said = (value: unknown): string => { const json = JSON.stringify(value); return json.length > 500 ? `${json.slice(0, 500)}…` : json }

/** Lists are compared as a whole; the version and the status are left out: they are meant to differ. */
export const changedValues = (before: object, after: object, path: readonly string[] = []): ChangedValue[] => {
  const [one, other] = [before as Record<string, unknown>, after as Record<string, unknown>]
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((key) => path.length > 0 || !['version', 'status'].includes(key)).flatMap((key): ChangedValue[] => {
    const [was, is] = [one[key], other[key]]
    if (isPlain(was) && isPlain(is)) return changedValues(was, is, [...path, key])
    if (JSON.stringify(was) === JSON.stringify(is)) return []
    return [{ key: [...path, key].join('/'), ...(was === undefined ? {} : { before: said(was) }), ...(is === undefined ? {} : { after: said(is) }) }]
  })
}
