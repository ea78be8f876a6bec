/** The command `chorus` itself, loaded and waiting for its words: loading takes longer than the copy that is to be killed. */
import '../../../apps/cli/src/program'

process.once('message', (words: readonly string[]) => {
  process.argv.splice(2, Infinity, ...words)
  require('../../../apps/cli/src/main')
})
process.on('disconnect', () => process.exit(0))
process.send!('loaded')
