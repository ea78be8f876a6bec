/** The catalogue says who writes and reads an event: only apps that are here. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { eventRegistry } from '@chorus/contracts'

const apps = readdirSync(join(__dirname, '../../apps'))

it.each(eventRegistry.all().map(version => [`${version.type} v${version.version}`, version] as const))('%s names apps that exist', (_, { producer, consumers }) => {
  expect(apps).toEqual(expect.arrayContaining([producer, ...consumers]))
})
