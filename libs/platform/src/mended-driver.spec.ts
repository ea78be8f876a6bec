import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { driverFile, mended } from './mended-driver'
import { repositoryRoot } from './repository-root'

const source = readFileSync(driverFile(), 'utf8')

describe('the mended driver', () => {
  it('is mended in three places: the write, and twice where what was put off is forgotten', () => {
    const text = mended(source)!
    expect(text.match(/if \(socket === null\)/g)).toHaveLength(1)
    expect(text.match(/clearImmediate\(nextWriteTimer\)\n {4}chunk = nextWriteTimer = null\n/g)).toHaveLength(3)
  })
  it('is left as it is where its text is another', () => {
    expect(mended(source.replace('const x = socket.write(chunk, fn)', 'return'))).toBeUndefined()
    expect(mended('')).toBeUndefined()
  })
  it('is what a process that loads the platform gets', () => {
    // the driver's connection.js exports one function that holds all of it
    const script = `require('./libs/platform/src/index.ts'); require('postgres'); process.stdout.write(String(require(${JSON.stringify(driverFile())}).toString().includes('if (socket === null)')))`
    expect(execFileSync(process.execPath, ['-r', join(repositoryRoot(), 'test/support/register.js'), '-e', script], { cwd: repositoryRoot(), encoding: 'utf8' })).toBe('true')
  })
})
