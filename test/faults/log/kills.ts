/** kill -9 under load: of the service, of PostgreSQL, of both at once. */
import { MOST_RESTARTS } from '../../../libs/platform/src/kept-up'
import { dataFolder, killAll, postgresOf, removeFolder, sharedDatabase } from './ground'
import { chanceOf, live, STRIKES, type Kind } from './kinds'
import { Service } from './service'

/** The service alone; the database is another's and goes on (the distributed form). */
export const service: Kind = async (seed, strikes) => {
  const { folder, appUrl: url, drop } = await sharedDatabase()
  const job = { folder, url }
  try {
    return await live({ job, seed, chance: chanceOf(seed, 'service'), strikes, strike: async (life) => {
      await life.services[0]!.kill()
      life.services = [new Service(job)]
      return 'service'
    } })
  } finally {
    await drop()
    removeFolder(folder)
  }
}

/** The embedded PostgreSQL below a service that lives on and brings it back by itself. More often than three times within ten minutes it does not: the others are backends. */
export const postgres: Kind = async (seed, strikes = STRIKES) => {
  const folder = await dataFolder()
  const chance = chanceOf(seed, 'postgres')
  const first = chance.below(strikes)
  try {
    return await live({ job: { folder }, seed, chance, strikes, strike: async (_, round) => {
      const [postmaster, ...others] = postgresOf(folder)
      const victim = (round + first) % strikes < MOST_RESTARTS ? chance.pick(['postmaster', 'all']) : 'backend'
      killAll(victim === 'postmaster' ? [postmaster!] : victim === 'all' ? [postmaster!, ...others] : [chance.pick(others)])
      return victim
    } })
  } finally {
    removeFolder(folder)
  }
}

/** Both at once, as when the power goes; then somebody starts the service again, and that is all. */
export const both: Kind = async (seed, strikes) => {
  const folder = await dataFolder()
  try {
    return await live({ job: { folder }, seed, chance: chanceOf(seed, 'both'), strikes, strike: async (life) => {
      const [old] = life.services
      killAll([old!.child.pid!, ...postgresOf(folder)])
      await old!.ended
      life.services = [new Service({ folder })]
      life.url = await life.services[0]!.ready
      return 'all'
    } })
  } finally {
    removeFolder(folder)
  }
}
