#!/usr/bin/env node
// The command line from a checkout: installs and builds when needed, then runs what was built. Plain and committed,
// because npm links it once and never looks again.
const { join } = require('node:path')

const main = async () => {
  const { prepare } = await import('../infra/setup/prepare.mjs')
  const { stopSignal } = await import('../infra/setup/steps.mjs')
  const signal = stopSignal()
  await prepare({ say: (line) => process.stderr.write(`chorus: ${line}\n`), signal })
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name)
  require(join(__dirname, '../dist/apps/cli/src/main.js'))
}

main().catch((error) => {
  process.stderr.write(`${error.name === 'SetupStopped' ? error.message : error.stack}\n`)
  process.exit(error.exitCode ?? 1)
})
