/** Who may call what. Every command class and every route declares it; what declares nothing is denied. */
import 'reflect-metadata'
import type { Actor } from './envelope'

export const ROLES = ['intakeAnalyst', 'detective', 'prosecutor', 'systemAdvocate', 'panelMember', 'healthProgram', 'pchProvider', 'finance', 'evaluator', 'operator', 'privacyOfficer', 'agencyFeed'] as const
export type Role = (typeof ROLES)[number]
/** The program's own agencies. Agencies that only feed records in are named by their ORI. */
export const AGENCIES = ['KCPD', 'JCPO', 'MUNI_COURT', 'PROBATION', 'HEALTH', 'FINANCE', 'EVALUATOR', 'CITY'] as const
export type Agency = (typeof AGENCIES)[number]
/** What the FBI numbers agencies by: two capital letters and seven letters or digits. */
export const isOri = (text: string): boolean => /^[A-Z]{2}[A-Z0-9]{7}$/.test(text)
/** An agency of the program, or a feeding agency's ORI. */
export const isAgency = (text: string): boolean => (AGENCIES as readonly string[]).includes(text) || isOri(text)

/** The agencies of some of the roles, where not all are of the same: what names persons is for those who work with it. */
export type AgenciesOf = Readonly<Partial<Record<Role, readonly string[]>>>
/** The declared right of a route or command. `agencies` absent: any agency, but for the roles that `agenciesOf` names. */
export interface Right { readonly roles: readonly Role[]; readonly agencies?: readonly string[]; readonly agenciesOf?: AgenciesOf }
/** The agencies of a role that may; undefined: any. */
export const agenciesFor = ({ agencies, agenciesOf }: Right, role: string): readonly string[] | undefined => agenciesOf?.[role as Role] ?? agencies
/** Those who work with what agencies of justice report, in whatever form it lies here: by its persons' names, or as bytes that could not be read. */
export const JUSTICE_ALONE: AgenciesOf = { intakeAnalyst: ['KCPD', 'JCPO'] }
/** Where those sit who work cases: a role alone says nothing of the agency. Who sits on a panel is of justice; the Health Department has its own role. */
const CASES_WORKED_IN: AgenciesOf = { ...JUSTICE_ALONE, detective: ['KCPD', 'JCPO'], prosecutor: ['KCPD', 'JCPO'], panelMember: ['KCPD', 'JCPO'], systemAdvocate: ['KCPD', 'JCPO', 'HEALTH'] }
/** The right of these roles to what is shown of one case, each where it works cases; a role that works none is bound to no agency. */
export const casesSeenBy = (...roles: Role[]): Right => ({ roles, agenciesOf: Object.fromEntries(Object.entries(CASES_WORKED_IN).filter(([role]) => (roles as string[]).includes(role))) })
/** Who may, in words: "intakeAnalyst (KCPD, JCPO), operator". */
export const whoMay = ({ roles, agencies, agenciesOf }: Right): string => `${roles.map((role) => { const own = agenciesOf?.[role]; return own ? `${role} (${own.join(', ')})` : role }).join(', ')}${agencies ? ` of ${agencies.join(', ')}` : ''}`

const RIGHT = 'chorus:right'
const PUBLIC = 'chorus:public'
type Anywhere = (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => void
// On a method the metadata lies on the function, on a class on the class: one lookup serves both.
const mark = (key: string, value: unknown): Anywhere => (target, _key, descriptor) => { Reflect.defineMetadata(key, value, descriptor ? descriptor.value as object : target) }

/** Declares the roles (and, where it matters, agencies) that may call a route or send a command. */
export const AllowedTo = (right: Right): Anywhere => {
  if (right.roles.length === 0) throw new Error('@AllowedTo names no role: nobody could call it')
  const stray = Object.keys(right.agenciesOf ?? {}).find((role) => !(right.roles as readonly string[]).includes(role))
  if (stray !== undefined) throw new Error(`@AllowedTo names agencies of ${stray}, which is none of its roles`)
  return mark(RIGHT, right)
}
/** Declares a route open to everybody, and why: health and documentation only. */
export const Public = (reason: string): Anywhere => mark(PUBLIC, reason)

/** The right declared on a class or method, or undefined. */
export const rightOf = (target: object): Right | undefined => Reflect.getMetadata(RIGHT, target) as Right | undefined
/** The reason why it is public, or undefined. */
export const publicReasonOf = (target: object): string | undefined => Reflect.getMetadata(PUBLIC, target) as string | undefined

/** Whether the actor may; nothing declared is no. */
export const mayCall = (right: Right | undefined, actor: Pick<Actor, 'role' | 'agency'>): boolean =>
  right !== undefined && (right.roles as readonly string[]).includes(actor.role) && (agenciesFor(right, actor.role)?.includes(actor.agency) ?? true)
