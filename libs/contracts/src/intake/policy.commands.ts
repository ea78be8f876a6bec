import { CommandBody } from '../commands'
import { Code, LocalDate, Name, Text } from '../fields'
import { RETIREMENT_REASONS, type RetirementReason } from './policy-retired.v1'

const TEXT = { max: 100000, privacy: 'open', openBecause: 'a policy is published, and approved before it holds' } as const
/** The program's lead, the prosecutor, and those who speak for her safety. */
const PROPOSERS = { roles: ['prosecutor', 'healthProgram', 'systemAdvocate'], agencies: ['JCPO', 'HEALTH', 'KCPD'] } as const

@CommandBody({ type: 'DraftPolicy', roles: [...PROPOSERS.roles], agencies: PROPOSERS.agencies, summary: 'Put a version of a policy forward; it does not hold yet' })
export class DraftPolicy {
  @Text({ ...TEXT, doc: 'the file, byte for byte: YAML as one of those that come with Chorus, with a version of its own' }) text!: string
}

@CommandBody({ type: 'ApprovePolicy', roles: [...PROPOSERS.roles], agencies: PROPOSERS.agencies, summary: 'Approve a version that was put forward, under one\'s own account; which roles must is said by the policy\'s kind' })
export class ApprovePolicy {
  @Text({ ...TEXT, doc: 'the file that was read and is approved, byte for byte' }) text!: string
}

@CommandBody({ type: 'ActivatePolicy', roles: ['prosecutor'], agencies: ['JCPO'], summary: 'A version of a policy holds from now on, or from a day to come. Proposals made under another one have to be asked for again' })
export class ActivatePolicy {
  @Text({ ...TEXT, doc: 'the file, byte for byte' }) text!: string
  @LocalDate({ optional: true, doc: 'a day to come, with whose beginning in Kansas City it holds; absent: from now on' }) activeFrom?: string
}

@CommandBody({ type: 'RetirePolicy', roles: ['prosecutor'], agencies: ['JCPO'], summary: 'A version of a policy is not to be used any more; the one that holds cannot be retired before its successor holds' })
export class RetirePolicy {
  @Name({ doc: 'the policy' }) policyId!: string
  @Name({ doc: 'its version' }) version!: string
  @Code(RETIREMENT_REASONS, { doc: 'why' }) reasonCode!: RetirementReason
}

/** Body of a question, no command: it is only looked at. */
export class CheckPolicy {
  @Text({ ...TEXT, doc: 'the file, byte for byte' }) text!: string
  @LocalDate({ optional: true, doc: 'the day with whose beginning it is to hold: whether it could be activated is then said of that day; absent: from now on' }) activeFrom?: string
}
