/** The cases of many persons, looked for together: the first case of each, then the second of those who have one. */
import { tokensOf, type PersonLink } from '@chorus/contracts'
import { fold, streamOf } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import type { Vault } from '@chorus/privacy'
import { initial, pchCase, type PchCase } from './pch-case'

export interface Counted { readonly caseId: string; readonly state: Exclude<PchCase, { readonly status: 'none' }> }
/** By the token that was asked for: the cases that are counted under it, and under those to which links lead or led. */
export type CasesTogether = ReadonlyMap<string, readonly Counted[]>

export const casesTogether = async (log: Recorder, vault: Vault, { links, everLinked }: { readonly links: readonly PersonLink[]; readonly everLinked: readonly PersonLink[] }, refs: readonly string[]): Promise<CasesTogether> => {
  const places = new Map(refs.map((ref) => [ref, [...new Set([...tokensOf(links, ref), ...tokensOf(everLinked, ref)])]]))
  const cases = new Map<string, Counted[]>()
  let left = [...new Set([...places.values()].flat())]
  for (let count = 1; left.length > 0; count++) {
    const asked = left.map((token) => ({ token, caseId: vault.uuid('stream-id', 'case', token, String(count)) }))
    const read = await log.loadMany(asked.map(({ caseId }) => streamOf(pchCase, caseId)))
    left = asked.flatMap(({ token, caseId }) => {
      const state = fold(pchCase, read.get(streamOf(pchCase, caseId)) ?? [], initial)
      if (state.status === 'none') return []
      cases.set(token, [...cases.get(token) ?? [], { caseId, state }])
      return [token]
    })
  }
  return new Map([...places].map(([ref, tokens]) => [ref, tokens.flatMap((token) => cases.get(token) ?? [])]))
}
