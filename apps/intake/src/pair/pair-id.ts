import type { Vault } from '@chorus/privacy'

/** The pair of two persons (tokens of the case context): the same in either order. */
export const pairIdOf = (vault: Pick<Vault, 'uuid'>, one: string, other: string): string => vault.uuid('stream-id', 'pair', ...[one, other].sort())
