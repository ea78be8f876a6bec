/** Networks that lose connections: reset, half-open, an answer that breaks off in the middle. */
import { tcpProxy } from '../../support/tcp-proxy'
import { removeFolder, sharedDatabase } from './ground'
import { chanceOf, live, type Kind } from './kinds'

/** Short, so that what is silent is given up soon; the defaults are some seconds. */
const LIMITS = { idleInTransactionMs: 300, lockMs: 400, silenceMs: 600 }

export const connections: Kind = async (seed, strikes) => {
  const chance = chanceOf(seed, 'connections')
  const { folder, appUrl, drop } = await sharedDatabase()
  const proxy = await tcpProxy(appUrl)
  try {
    return await live({ job: { folder, url: proxy.url, limits: LIMITS }, seed, chance, strikes, url: appUrl, strike: async () => {
      const how = chance.pick(['reset', 'half-open', 'breaks off'])
      if (how === 'reset') proxy.cut()
      else if (how === 'half-open') proxy.swallow()
      else void proxy.swallowAfter(1 + chance.below(2000))
      return how
    } })
  } finally {
    await proxy.close()
    await drop()
    removeFolder(folder)
  }
}
