// The PostgreSQL driver as every process of ours has it (libs/postgres/src/mended-driver.ts): jest loads modules its own way, past that door.
require('./register')
const { mended } = require('../../libs/postgres/src/mended-driver.ts')

module.exports = {
  process: (source) => {
    const code = mended(source)
    if (code === undefined) throw new Error('the text of the PostgreSQL driver is another: see libs/postgres/src/mended-driver.ts')
    return { code }
  },
  getCacheKey: (source, path, { configString }) => require('node:crypto').createHash('sha256').update(`${source}\0${mended(source)}\0${configString}`).digest('hex'),
}
