/** The command decorator and the registry of all command bodies. */
import { AllowedTo, type AgenciesOf, type Role } from './rights'
import type { ContractClass } from './fields'

export interface CommandSpec {
  readonly type: string
  readonly roles: readonly Role[]
  /** absent: any agency */
  readonly agencies?: readonly string[]
  /** of some of the roles, where not all are of the same */
  readonly agenciesOf?: AgenciesOf
  readonly summary: string
  /** a stop, or a fact: taken from whoever sends it, also where a wall stands before him (decision 0087). Its answer tells no more than that it was taken */
  readonly pastWalls?: true
}
export interface CommandContract extends CommandSpec { readonly cls: ContractClass }

const COMMANDS = new Map<string, CommandContract>()

/** Declares a class as the body of an HTTP command, with who may send it. The decorated class is the DTO. */
export const CommandBody = (spec: CommandSpec) => <C extends ContractClass>(cls: C): void => {
  if (COMMANDS.has(spec.type)) throw new Error(`command ${spec.type} is declared twice`)
  COMMANDS.set(spec.type, { ...spec, cls })
  AllowedTo({ roles: spec.roles, ...(spec.agencies ? { agencies: spec.agencies } : {}), ...(spec.agenciesOf ? { agenciesOf: spec.agenciesOf } : {}) })(cls)
}

/** All declared commands, by type. */
export const allCommands = (): readonly CommandContract[] => [...COMMANDS.values()].sort((a, b) => (a.type < b.type ? -1 : 1))
