/** Prints the replay of the database named by DATABASE_URL: run as a process of its own, in a zone and locale of its own. */
import { PostgresStore } from '@chorus/event-store'
import { replayLog } from '../../apps/evaluation/src/replay/replay-log'

const main = async (): Promise<void> => {
  const store = await PostgresStore.open({ url: process.env.DATABASE_URL! })
  const result = await replayLog(store)
  await store.close()
  process.stdout.write(JSON.stringify({ ...result, zone: Intl.DateTimeFormat().resolvedOptions().timeZone, locale: Intl.DateTimeFormat().resolvedOptions().locale }))
}
main().catch((error: unknown) => { console.error(error); process.exit(1) })
