// `npm run build`: builds, whatever was built before, and notes from which sources, so that the next start need not.
import { prepare, rebuild } from './prepare.mjs'
import { stopSignal } from './steps.mjs'

const signal = stopSignal()
const say = (line) => process.stdout.write(`${line}\n`)

try {
  await prepare({ say, signal, built: false })
  await rebuild({ say, signal })
} catch (error) {
  process.stderr.write(`${error?.name === 'SetupStopped' ? error.message : error?.stack ?? error}\n`)
  process.exit(error?.exitCode ?? 1)
}
process.exit(0)
