const stopPostgres = require('./global-postgres-stop')

module.exports = async () => {
  await globalThis.stopTestKafka?.()
  await stopPostgres()
}
