import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { driverFile, mended } from './mended-driver'

const ROOT = join(__dirname, '../../..')
const source = readFileSync(driverFile(), 'utf8')

describe('the mended driver', () => {
  it('is mended in six places: the write, twice where what was put off is forgotten, the question for array types, the end, and a connection that is closed before it is ready', () => {
    const text = mended(source)!
    expect(text.match(/if \(socket === null\)/g)).toHaveLength(1)
    expect(text.match(/return fetchArrayTypes\(\)\.catch/g)).toHaveLength(1)
    expect(text).not.toContain('!hadError && (query')
    expect(text.match(/if \(initial && !hadError && !initial\.reserve\) \{ error\(errorResponse/g)).toHaveLength(1)
    expect(text.match(/\n {4}errorResponse = null\n/g)).toHaveLength(1)
    expect(text.match(/clearImmediate\(nextWriteTimer\)\n {4}chunk = nextWriteTimer = null\n/g)).toHaveLength(3)
  })
  it('is left as it is where its text is another', () => {
    expect(mended(source.replace('const x = socket.write(chunk, fn)', 'return'))).toBeUndefined()
    expect(mended('')).toBeUndefined()
  })
  it('is what a process gets that takes the driver from here', () => {
    // the driver's connection.js exports one function that holds all of it
    const script = `require('./libs/postgres/src/index.ts'); process.stdout.write(String(require(${JSON.stringify(driverFile())}).toString().includes('if (socket === null)')))`
    expect(execFileSync(process.execPath, ['-r', join(ROOT, 'test/support/register.js'), '-e', script], { cwd: ROOT, encoding: 'utf8' })).toBe('true')
  })
})
