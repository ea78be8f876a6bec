// Once per jest run: the embedded PostgreSQL in a folder of its own, unless CHORUS_TEST_POSTGRES names one.
const { mkdtemp, rm, chmod } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
// loaded here and not in the function: jest translates TypeScript only while this file is being loaded
// (register.js: what it loads names our libraries by their aliases)
require('./register.js')
const launcher = process.env.CHORUS_TEST_POSTGRES ? undefined : require('../../libs/platform/src/embedded-postgres')

module.exports = async () => {
  // projects of two set-ups in one run share the first's: it would be lost, and jest would never end
  if (!launcher || globalThis.stopTestPostgres) return
  const folder = await mkdtemp(join(tmpdir(), 'chorus-test-'))
  await chmod(folder, 0o755)
  // the tests ask what the database does, not whether a power cut spares it, nor how long its passwords can be guessed at: each
  // connection pays for that twice
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200', scram_iterations: '1' }
  const server = await launcher.startEmbeddedPostgres({ folder, settings })
  process.env.CHORUS_TEST_POSTGRES = server.adminUrl
  globalThis.stopTestPostgres = async () => {
    globalThis.stopTestPostgres = undefined
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
