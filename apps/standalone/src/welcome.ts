import type { INestApplication } from '@nestjs/common'
import type { EventStore } from '@chorus/event-store'
import { STORE } from '@chorus/platform'

/** What a person wants to know after `npm start`: where it is, what it holds, what to try. */
export const welcome = async (app: INestApplication, address: string, say: (line: string) => void): Promise<void> => {
  const { ordinal } = await app.get<EventStore>(STORE, { strict: false }).head()
  for (const line of [
    '',
    `Chorus is up at ${address}  (interface: ${address}/docs)`,
    `${ordinal.toLocaleString('en-US')} events in the log`,
    '',
    'Try next, in another terminal:',
    '  npx chorus health',
    '  npx chorus replay',
    '  npx chorus verify',
    '',
    'Ctrl-C stops everything.',
  ]) say(line)
}
