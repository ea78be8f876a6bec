/** How alike two texts are. Sources: Jaro (1989) and Winkler (1990); Damerau (1964) for a single slip of the hand. */

/** Jaro-Winkler similarity, 0 (nothing in common) to 1 (equal); prefix weight 0.1 over at most four characters. */
export const jaroWinkler = (a: string, b: string): number => {
  if (a === b) return 1
  if (a.length === 0 || b.length === 0) return 0
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1)
  // numbers and loops: a run of the matcher asks millions of times
  const taken = new Array<boolean>(b.length).fill(false)
  const inA: number[] = []
  for (let i = 0; i < a.length; i++) {
    const letter = a.charCodeAt(i)
    const end = Math.min(b.length, i + reach + 1)
    for (let j = Math.max(0, i - reach); j < end; j++) {
      if (taken[j] || letter !== b.charCodeAt(j)) continue
      taken[j] = true
      inA.push(letter)
      break
    }
  }
  if (inA.length === 0) return 0
  let apart = 0
  for (let j = 0, at = 0; j < b.length; j++) if (taken[j] && b.charCodeAt(j) !== inA[at++]) apart++
  const transposed = apart / 2
  const jaro = (inA.length / a.length + inA.length / b.length + (inA.length - transposed) / inA.length) / 3
  let prefix = 0
  while (prefix < 4 && a[prefix] !== undefined && a[prefix] === b[prefix]) prefix++
  return jaro + prefix * 0.1 * (1 - jaro)
}

/** At most one character written wrongly, left out, added, or two neighbours exchanged. */
export const oneSlip = (a: string, b: string): boolean => {
  if (a === b) return true
  if (Math.abs(a.length - b.length) > 1) return false
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  const [restA, restB] = [a.slice(at), b.slice(at)]
  return restA.slice(1) === restB.slice(1) || restA === restB.slice(1) || restA.slice(1) === restB
    || (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2))
}

/** Capitals without accents and signs, words apart by one space. */
export const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase().replace(/ß/g, 'SS').replace(/['’`]/g, '').replace(/[^\p{L}\p{N}]+/gu, ' ').trim()

const CLASSES: Readonly<Record<string, string>> = { B: '1', F: '1', P: '1', V: '1', W: '1', C: '2', G: '2', J: '2', K: '2', Q: '2', S: '2', X: '2', Z: '2', D: '3', T: '3', L: '4', M: '5', N: '5', R: '6' }
/** How it sounds, roughly: the first letter and the classes of three consonants. It lives in memory alone, to find candidates. */
export const sound = (text: string): string => {
  let code = text[0] ?? ''
  let last = CLASSES[code]
  for (const letter of text.slice(1)) {
    const kind = CLASSES[letter]
    if (kind !== undefined && kind !== last) code += kind
    last = kind
    if (code.length === 4) break
  }
  return code
}
