/** Each read model knows every event type that may stand in the categories it reads: one that it does not know makes it say that it is stale. */
import { eventRegistry } from '@chorus/contracts'
import type { ReadModel } from '@chorus/read-models'
import { readFor, type TimerModel } from '@chorus/timers'
import { filesBelow, root, textOf } from './tree'

interface Reads { readonly name: string; readonly categories: readonly string[]; readonly knows: readonly string[] }
const MADE = /new (Projection|Timers)\((?:\{ \.\.\.)?(\w+)/g
/** What each app follows the log with, by the names that its source gives it. */
const models = async (): Promise<Reads[]> => {
  const found: Reads[] = []
  for (const path of filesBelow('apps').filter((one) => one.endsWith('.ts') && !one.endsWith('.spec.ts'))) {
    for (const [, kind, name] of textOf(path).matchAll(MADE)) {
      const model = ((await import(`${root}/${path}`)) as Record<string, ReadModel | TimerModel<never> | undefined>)[name!]
      if (!model) throw new Error(`${path} does not export ${name}, which it follows the log with`)
      found.push(kind === 'Timers' ? { name: model.name, ...readFor(model as TimerModel<never>) } : model as ReadModel)
    }
  }
  return found
}
const STANDS_IN = (category: string): string[] => [...new Set(eventRegistry.all().filter(({ categories }) => categories.includes(category)).map(({ type }) => type))]

it('knows what may stand where it reads, and nothing that no catalogue has', async () => {
  const all = await models()
  expect(all.length).toBeGreaterThan(8)
  expect(all.flatMap(({ name, categories, knows }) => categories.flatMap(STANDS_IN).filter((type) => !knows.includes(type)).map((type) => `${name} does not know ${type}`))).toEqual([])
  expect(all.flatMap(({ name, knows }) => knows.filter((type) => !eventRegistry.knows(type)).map((type) => `${name} knows ${type}, which is no event`))).toEqual([])
})
