import type { EventStore } from '@chorus/event-store'
import { STORE } from '@chorus/platform'
import type { Chorus } from './boot'

/** What a person wants to know after `npm start`: where it is, what it holds, what to try. */
export const welcome = async ({ app, address }: Chorus, say: (line: string) => void): Promise<void> => {
  const { ordinal } = await app.get<EventStore>(STORE, { strict: false }).head()
  for (const line of [
    '',
    `  address  ${address}   (interface: ${address}/docs)`,
    `  events   ${ordinal.toLocaleString('en-US')} in the log`,
    '',
    '  Try next, in another terminal:',
    '    npx chorus health',
    '    node samples/one-case.mjs',
    '    npx chorus replay',
    '',
  ]) say(line)
}
