import type { CommandBus } from '@nestjs/cqrs'
import { type Role, type ScreenAnswer } from '@chorus/contracts'
import { handle } from '@chorus/decider'
import { MemoryStore, Recorder } from '@chorus/event-store'
import type { ChorusRequest } from '@chorus/platform'
import { MemoryVault } from '@chorus/privacy'
import { metaOf, NOW } from '../../../../libs/decider/src/testing/given'
import { activateShippedPolicies } from '../policy/policy-in-force'
import { LethalityScreenController } from './lethality-screen.controller'
import { lethalityScreen } from './lethality-screen'

const SCREEN = '018f0000-0000-7000-8000-0000000000a1'
const [VICTIM, OFFENDER] = ['per_example03AAAAAAAAAAAAA', 'per_example04AAAAAAAAAAAAA']
const answers = (first: ScreenAnswer): ScreenAnswer[] => [first, ...Array.from({ length: 10 }, () => 'NO' as const)]

describe('a screen is shown', () => {
  const clock = { now: () => NOW }
  const recorder = new Recorder({ store: new MemoryStore({ clock }), vault: new MemoryVault(Buffer.alloc(32, 7)), clock })
  const meta = metaOf({ name: 'screen' })
  const shown = (role: Role, id = meta.actor.id) => new LethalityScreenController(undefined as unknown as CommandBus, recorder, clock).get(SCREEN, { chorus: { actor: { id, role, agency: 'KCPD' } } } as unknown as ChorusRequest)
  beforeAll(async () => {
    await activateShippedPolicies(recorder, '2026-07-01T00:00:00.000Z')
    const stream = `lethalityScreen-${SCREEN}`
    await handle(recorder, lethalityScreen, SCREEN, { type: 'AdministerLethalityScreen', meta, data: { screenId: SCREEN, incidentId: '018f2a60-0000-8000-8000-000000000001', victimToken: VICTIM, offenderToken: OFFENDER, instrument: 'LAP', answers: answers('YES'), administeredAt: NOW, facts: { incident: 'known', victims: [VICTIM], persons: [VICTIM, OFFENDER], began: null, basis: [] } } })
    const [first] = await recorder.load(stream)
    await recorder.record(stream, 0, [{ type: 'LethalityScreenAdministered', schemaVersion: 1, time: NOW, timePrecision: 'instant', timeZone: 'UTC', data: { ...first!.data, answers: answers('NO'), outcome: 'NOT_SCREENED_IN' }, corrects: first!.id }], metaOf({ name: 'corrected' }))
  })

  it('as its source corrected it, answers and outcome', async () => { expect(await shown('prosecutor')).toMatchObject({ outcome: 'NOT_SCREENED_IN', answers: answers('NO') }) })
  it('without its answers to whoever took it, and to nobody else of that role', async () => {
    expect(await shown('detective')).toMatchObject({ outcome: 'NOT_SCREENED_IN' })
    expect(await shown('detective')).not.toHaveProperty('answers')
    await expect(shown('detective', 'somebody else')).rejects.toThrow()
  })
})
