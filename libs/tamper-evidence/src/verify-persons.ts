/**
 * Who is one person, verified: a chain that only the vault's secret can make, so that what is left to whoever owns the table is to take
 * away from its end, or to have it noted anew from what he put there: then it is not what the newest checkpoints say (decision 0090).
 */
import type { PersonsChain } from '@chorus/privacy'
import type { Noted } from './checkpoint'

export interface PersonsFault { readonly place: number; readonly fault: 'gap' | 'link-differs' | 'cut-tail' | 'not-proven'; readonly text: string; /** the checkpoint that it contradicts */ readonly lost?: Noted }

/** @param newest asked before the chain is: it only grows */
export const personsFault = async (chain: PersonsChain, newest: readonly (Noted | undefined)[], signal?: AbortSignal): Promise<PersonsFault | undefined> => {
  const notes = newest.filter((noted): noted is Noted => noted?.persons !== undefined)
  const met = new Set<Noted>()
  const walked = await chain.walk({ ...(signal && { signal }), seen: (head) => { for (const noted of notes) if (chain.markOf(noted.number ?? 0, head) === noted.persons) met.add(noted) } })
  if (!walked.ok) return { place: walked.place, fault: walked.fault === 'gap' ? 'gap' : 'link-differs', text: walked.text }
  const place = walked.through.place + 1
  const lost = notes.find((noted) => !met.has(noted))
  if (lost) return { place, fault: 'cut-tail', text: `its end is not the one that was signed at ${lost.signedtime}: rows were taken away behind it, or all were noted anew`, lost }
  const bare = await chain.unproven()
  return bare === 0 ? undefined : { place, fault: 'not-proven', text: `rows without a proof: ${bare}. Nobody of us noted them, or a service of an earlier build did after one of this had started` }
}
