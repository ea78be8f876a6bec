/** Which activation of a policy holds at a moment. Pure. */
export interface Activation<Value> { readonly version: string; /** RFC 3339 instant from which it holds */ readonly from: string; readonly value: Value }

const at = (instant: string): number => Date.parse(instant)

/** One more, decided at `decided`: of the same version it takes the place of one that was still to come. */
export const activatedToo = <Value>(activations: readonly Activation<Value>[], next: Activation<Value>, decided: string): readonly Activation<Value>[] =>
  [...activations.filter(({ version, from }) => version !== next.version || at(from) <= at(decided)), next]

/** A version is retired at `decided`: it does not begin any more. */
export const withdrawn = <Value>(activations: readonly Activation<Value>[], version: string, decided: string): readonly Activation<Value>[] =>
  activations.filter((one) => one.version !== version || at(one.from) <= at(decided))

/** The one that began last by `moment`; before any began, the first: nothing else could hold. undefined where there is none. */
export const heldAt = <Value>(activations: readonly Activation<Value>[], moment: string): Activation<Value> | undefined => {
  const begun = activations.filter(({ from }) => at(from) <= at(moment))
  return begun.length === 0 ? activations[0] : begun.reduce((held, one) => (at(one.from) >= at(held.from) ? one : held))
}
