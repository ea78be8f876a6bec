/** What reaches him, or stands on the topic of what reaches him, has no field that could carry what a victim said: codes, flags and numbers of ours, no text. */
import { allCommands, eventRegistry, fieldsOf, topicNamed, type FieldSpec } from '@chorus/contracts'

const COMMANDS = ['AbandonNotification', 'AuthorizeDelivery', 'CancelNotification', 'HoldNotification', 'PlanRepeat', 'RecordAttempt', 'RecordDelivery', 'RecordMisdelivery', 'ScheduleNotification']
const said = [
  ...eventRegistry.all().filter(({ categories }) => categories.some((category) => topicNamed('program.notifications.v1').categories.includes(category))).map(({ type, cls }) => ({ type, cls })),
  ...allCommands().filter(({ type }) => COMMANDS.includes(type)).map(({ type, cls }) => ({ type, cls })),
].flatMap(({ type, cls }) => fieldsOf(cls).map((spec): { where: string; spec: FieldSpec } => ({ where: `${type}.${spec.name}`, spec })))

it('its events and commands are found', () => expect(said.length).toBeGreaterThan(80))
it('no field is a text, sealed or nested; a name is that of a text of the policy, a token is his', () => {
  const closed = ['uuid', 'code', 'flag', 'timestamp', 'count', 'hash']
  expect(said.filter(({ spec }) => spec.sealed || !closed.includes(spec.kind)).map(({ where }) => where).filter((where) => !/\.(templateId|templateVersion)$/.test(where))).toEqual(['NotificationPlanned.subjectRef'])
})
it('no code speaks of what she said, wished or was asked: of her there is that he threatened her, and that a message reached her', () => {
  const codes = said.flatMap(({ spec }) => (spec.schema.enum ?? []) as string[])
  expect([...new Set(codes)].filter((code) => /PARTNER|VICTIM|SURVIVOR|\b_?(SHE|HER)_?\b|OBJECTION|WISH|ADVOCATE/.test(code)).sort()).toEqual(['PARTNER', 'THREAT_TO_PARTNER'])
})
