import { postgres } from '@chorus/postgres'
import { systemClock } from '@chorus/platform'
import { freshDatabase, type FreshDatabase } from '../../../../test/support/database'
import { lookAtDatabase } from './doctor-database'

describe('what doctor says of a database', () => {
  let database: FreshDatabase
  let owner: postgres.Sql
  const said = async (): Promise<Record<string, string>> => Object.fromEntries((await lookAtDatabase(database.appUrl, 'DATABASE_URL', systemClock)).map(({ name, state }) => [name, state]))
  beforeAll(async () => {
    database = await freshDatabase({ bounded: true })
    owner = postgres(database.ownerUrl, { max: 1, onnotice: () => undefined })
  })
  afterAll(async () => { await owner.end(); await database.drop() })

  it('is good of one as it was made', async () => {
    expect(await said()).toEqual({ database: 'ok', schema: 'ok', role: 'ok', guards: 'ok', followers: 'ok', 'log times': 'ok', 'db clock': 'ok' })
  })

  it.each([
    ['a follower behind the end of the log', 'followers', `insert into read.checkpoints (name, log, ordinal, version) select 'deterrence.notifications', log, 5, 1 from log.head`, 'delete from read.checkpoints'],
    ['a log whose next event is recorded in ten years', 'log times', `update log.head set promised = now() + interval '10 years'`, `alter table log.head disable trigger user; update log.head set promised = null; alter table log.head enable always trigger head_is_kept; alter table log.head enable always trigger head_moves_forwards`],
    ['a trigger that is off', 'guards', 'alter table vault.data_keys disable trigger data_keys_never_return', 'alter table vault.data_keys enable always trigger data_keys_never_return'],
    ['a role that may use more keys than are its own', 'role', `insert into public.chorus_contexts values (current_database() || '_finance', 'safety')`, `delete from public.chorus_contexts where context = 'safety' and role like '%finance'`],
  ])('names %s', async (_what, name, change, back) => {
    await owner.unsafe(change).simple()
    expect((await said())[name]).toBe('fail')
    await owner.unsafe(back).simple()
    expect((await said())[name]).toBe('ok')
  })
})
