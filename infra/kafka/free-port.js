const { randomInt } = require('node:crypto')
const { createServer } = require('node:net')

const isFree = (port) => new Promise((resolve) => {
  const server = createServer()
  server.once('error', () => resolve(false))
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
})

/**
 * A port of 127.0.0.1 that nobody listens on at this moment, from below those that systems give to outgoing connections
 * (Linux: from 32768): a server that was killed wants its port again, and one that a connection has taken meanwhile is
 * refused to it. As libs/platform/src/free-port.ts does for PostgreSQL.
 */
const freePort = async () => {
  for (;;) {
    const port = randomInt(15_000, 32_000)
    if (await isFree(port)) return port
  }
}

module.exports = { freePort, isFree }
