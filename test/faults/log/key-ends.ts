/** kill -9 in the middle of a destruction of keys, while others append: it is begun or it is not, and what is begun comes to its end. */
import { readDestroyed } from '@chorus/privacy'
import { join } from 'node:path'
import { dataFolder, killAll, postgresOf, removeFolder, sharedDatabase } from './ground'
import { chanceOf, live, type Chance, type Course, type Kind } from './kinds'
import { holds } from './load'
import { Service } from './service'
import type { ServiceJob } from './service-process'

const course = (job: ServiceJob, seed: number, chance: Chance, alone: boolean, strikes: number | undefined): Course => ({
  job, seed, chance, strikes,
  strike: async (life) => {
    const [old] = life.services
    const stream = await life.load.one()
    const told = old!.destroy(stream)
    await holds(() => false, chance.below(120))
    killAll([old!.child.pid!, ...alone ? [] : postgresOf(job.folder)])
    await old!.ended
    const acknowledged = await told
    const service = new Service(job)
    life.services = [service]
    life.url = await service.ready
    // sent again, as whoever had no answer does
    if (!acknowledged && !await service.destroy(stream)) life.faults.push(`the keys of ${stream} could not be destroyed afterwards`)
    life.load.erased.add(stream)
    return acknowledged ? 'once it was done' : 'on its way'
  },
  atLast: async ({ load }) => {
    const listed = new Set(readDestroyed(join(job.folder, 'keys')).map(({ subject }) => subject))
    return [...load.erased].filter((stream) => !listed.has(stream)).map((stream) => `the keys of ${stream} were destroyed, and the list does not say so`)
  },
})

export const keys: Kind = async (seed, strikes) => {
  const chance = chanceOf(seed, 'keys')
  if (seed % 2 === 0) {
    const { folder, appUrl: url, drop } = await sharedDatabase()
    try { return await live(course({ folder, url }, seed, chance, true, strikes)) } finally { await drop(); removeFolder(folder) }
  }
  const folder = await dataFolder()
  try { return await live(course({ folder }, seed, chance, false, strikes)) } finally { removeFolder(folder) }
}
