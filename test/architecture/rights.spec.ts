/**
 * Who may send which command, said a second time: widening a right must be seen twice. By the field-group matrix of the
 * domain (who owns what): notifiers confirm what happened and never see criminal histories; levels are justice's to
 * decide, up by evidence, down by panel; what agencies sent is mended by intake.
 */
import { allCommands } from '@chorus/contracts'

const JUSTICE = ['KCPD', 'JCPO']
const ANY = null

const RIGHTS: Readonly<Record<string, readonly [roles: readonly string[], agencies: readonly string[] | null]>> = {
  AssignLevel: [['intakeAnalyst', 'prosecutor', 'panelMember'], JUSTICE],
  ChangeLevel: [['prosecutor', 'panelMember'], JUSTICE],
  CloseCase: [['prosecutor', 'panelMember'], JUSTICE],
  ConfirmRelationship: [['detective', 'intakeAnalyst', 'prosecutor'], JUSTICE],
  DeclineLevelProposal: [['intakeAnalyst', 'prosecutor', 'panelMember'], JUSTICE],
  DetermineAggressor: [['detective', 'intakeAnalyst', 'prosecutor'], JUSTICE],
  ExcludeReferral: [['intakeAnalyst', 'prosecutor'], JUSTICE],
  OpenCase: [['intakeAnalyst', 'prosecutor'], JUSTICE],
  ProposeLevel: [['intakeAnalyst', 'prosecutor'], JUSTICE],
  ReceiveReferral: [['intakeAnalyst', 'detective', 'prosecutor', 'healthProgram'], ANY],
  RepairQuarantinedRecord: [['intakeAnalyst'], ANY],
  ResolveQuarantinedRecord: [['intakeAnalyst', 'operator'], ANY],
  RetryQuarantinedRecord: [['intakeAnalyst', 'operator'], ANY],
  ReviewCriminalHistory: [['intakeAnalyst', 'prosecutor'], JUSTICE],
  ReviewCrossComplaint: [['prosecutor', 'systemAdvocate'], ['JCPO', 'KCPD', 'HEALTH']],
}

it('gives each command to these roles and agencies, and to no others', () => {
  expect(Object.fromEntries(allCommands().map(({ type, roles, agencies }) => [type, [[...roles].sort(), agencies ? [...agencies].sort() : ANY]])))
    .toEqual(Object.fromEntries(Object.entries(RIGHTS).map(([type, [roles, agencies]]) => [type, [[...roles].sort(), agencies ? [...agencies].sort() : ANY]])))
})
