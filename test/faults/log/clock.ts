/** The log's clock, which is PostgreSQL's, jumps an hour either way: recorded times never decrease, and "as of" keeps its word. */
import { PostgresStore } from '@chorus/event-store'
import { postgres } from '@chorus/postgres'
import { removeFolder, sharedDatabase } from './ground'
import { chanceOf, live, type Kind } from './kinds'

/** Stands before PostgreSQL's own in the search path of the services' role. */
const FAKED = `
  create schema faked;
  create table faked.jump (by interval not null);
  insert into faked.jump values ('0');
  create function faked.clock_timestamp() returns timestamptz language sql volatile as 'select pg_catalog.clock_timestamp() + by from faked.jump';`

export const clock: Kind = async (seed, strikes) => {
  const chance = chanceOf(seed, 'clock')
  const { folder, appUrl, ownerUrl, drop } = await sharedDatabase()
  const owner = postgres(ownerUrl, { max: 1, onnotice: () => undefined })
  const app = new URL(appUrl).username
  await owner.unsafe(`${FAKED} grant usage on schema faked to "${app}"; grant select on faked.jump to "${app}"`).simple()
  const onlooker = await PostgresStore.open({ url: `${appUrl}?search_path=faked,pg_catalog`, max: 1 })
  /** what "as of recorded T" was answered */
  const answers: { readonly at: string; readonly ordinal: number }[] = []
  try {
    return await live({ job: { folder, url: `${appUrl}?search_path=faked,pg_catalog` }, seed, chance, strikes, url: appUrl, strike: async () => {
      const hours = chance.pick([-1, 1])
      const [now] = await owner<{ at: string }[]>`update faked.jump set by = by + make_interval(hours => ${hours}) returning to_char((pg_catalog.clock_timestamp() + by) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`
      answers.push({ at: now!.at, ordinal: await onlooker.ordinalAsOf(now!.at) })
      return `${hours > 0 ? '+' : '-'}1 h`
    }, atLast: async () => {
      const recorded: string[] = []
      for await (const { recordedtime } of onlooker.readAll()) recorded.push(recordedtime)
      const latest = answers.reduce((last, { at }) => (at > last ? at : last), '')
      const unmoved = recorded.at(-1)! < latest ? [`the last event is recorded ${recorded.at(-1)}, before the latest time that its clock has read, ${latest}`] : []
      return unmoved.concat(answers.flatMap(({ at, ordinal }) => {
        const through = recorded.filter((each) => each <= at).length
        return through === ordinal ? [] : [`as of recorded ${at} was answered with ordinal ${ordinal}; by now it is ${through}`]
      }))
    } })
  } finally {
    await onlooker.close()
    await owner.end()
    await drop()
    removeFolder(folder)
  }
}
