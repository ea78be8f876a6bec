/**
 * The cases behind the walls of one account, kept for the services that may not know the persons. Protects: each change is
 * recorded once, says all of them, and none was worked out before one that is recorded already.
 */
import type { CommandMeta, WalledCasesChangedV1 } from '@chorus/contracts'
import { atNow, derivedId, fold, handle, isRefusal, refused, type Command, type Decider, type DeciderLog } from '@chorus/decider'
import { evolveWalledCases, NO_WALLED_CASES, WALLED_CASES_EVENTS, wallsIdOf, type WalledCases } from './wall'

export type KeepWalledCases = Command<'KeepWalledCases', WalledCasesChangedV1 & { /** changes recorded when these were worked out */ readonly changes: number }>

export const walledCases: Decider<WalledCases, KeepWalledCases> = {
  category: 'walledCases', initial: NO_WALLED_CASES, knows: WALLED_CASES_EVENTS, evolve: evolveWalledCases,
  decide: ({ data: { account, caseIds, changes }, meta }, state) => {
    if (caseIds.join() === state.caseIds.join()) return []
    if (changes !== state.changes) return refused('overtaken', 'The cases behind the walls of this account changed meanwhile. They are worked out again.', { kind: 'retry-later' })
    return [{ type: 'WalledCasesChanged', schemaVersion: 1, data: { account, caseIds }, ...atNow(meta) }]
  },
}

/**
 * Works out which cases stand behind the walls of an account at the log's head, and records them where they changed.
 * @param meta without a command id: the same change at the same place is the same command, whoever works it out
 * @throws where it was overtaken ten times, or the log is down
 */
export const keepWalledCases = async (log: DeciderLog, walls: (account: string) => Promise<{ readonly cases: ReadonlySet<string> } | null>, account: string, meta: Omit<CommandMeta, 'commandId'>): Promise<void> => {
  const id = wallsIdOf(account)
  for (let attempt = 0; attempt < 10; attempt++) {
    const { changes } = fold(walledCases, await log.load(`walledCases-${id}`), NO_WALLED_CASES)
    const caseIds = [...(await walls(account))?.cases ?? []].sort()
    const commandId = derivedId('walled-cases', id, String(changes), ...caseIds)
    if (!isRefusal(await handle(log, walledCases, id, { type: 'KeepWalledCases', data: { account, caseIds, changes }, meta: { ...meta, commandId } }))) return
  }
  throw new Error('the cases behind the walls of an account could not be recorded: they changed each time')
}
