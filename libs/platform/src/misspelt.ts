/** Names of settings that were meant and not written: nothing reads them, so that nothing else would say that they have no effect. */

/** Every CHORUS_ name that something of Chorus reads; test/architecture/settings.spec.ts holds it against the code. */
export const CHORUS_NAMES = [
  'CHORUS_CACHE', 'CHORUS_CHECKPOINTS', 'CHORUS_DATA', 'CHORUS_DROP', 'CHORUS_DROP_INTERVAL', 'CHORUS_DROP_ROSTER_QUIET', 'CHORUS_HOST', 'CHORUS_INSTALL', 'CHORUS_JWKS',
  'CHORUS_KEY_SERVICE', 'CHORUS_KEY_SERVICE_PIN', 'CHORUS_KEY_SERVICE_PIN_FILE', 'CHORUS_LOG_LEVEL', 'CHORUS_LOG_URL', 'CHORUS_LOG_URL_FILE',
  'CHORUS_MAX_UPLOAD', 'CHORUS_MODE', 'CHORUS_PORT', 'CHORUS_REAL_DATA', 'CHORUS_SAMPLES', 'CHORUS_TOKEN_FILE', 'CHORUS_TOKEN_PIN', 'CHORUS_URL', 'CHORUS_WITNESS',
] as const
/** The address of one service: CHORUS_URL_INTAKE and so on. */
const FAMILY = 'CHORUS_URL_'

/** One line for each name that is nearly a setting's and none. What is like none is somebody else's: an orchestrator adds names of its own. */
export const misspelt = (env: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined || !/^CHORUS_?[A-Z_]+$/.test(name) || (CHORUS_NAMES as readonly string[]).includes(name) || name.startsWith(FAMILY)) return []
    const meant = CHORUS_NAMES.find((known) => isNearly(name.slice('CHORUS'.length), known.slice('CHORUS'.length)))
    return meant === undefined ? [] : [`${name}: is no setting, and has no effect; write ${meant} if that is what is meant, or unset it`]
  })

/** Two letters wrong, missing, too many or changed about; of a short name one that is not merely another: there are many words of four letters. The lines between words do not count. */
const isNearly = (name: string, known: string): boolean => {
  const [a, b] = [name.replaceAll('_', ''), known.replaceAll('_', '')]
  if (b.length >= 6) return edits(a, b) <= 2
  return edits(a, b) <= 1 && (a.length !== b.length || inOrder(a) === inOrder(b))
}

const inOrder = (word: string): string => [...word].sort().join('')

/** Fewest changes that make one of the other (optimal string alignment). */
const edits = (a: string, b: string): number => {
  let [before, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, at) => at)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same, i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? before[j - 2]! + 1 : Infinity)
    }
    [before, last] = [last, row]
  }
  return last[b.length]!
}
