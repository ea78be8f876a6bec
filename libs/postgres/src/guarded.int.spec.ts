import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

// in a process of its own, as a service has the driver: jest has it by a way of its own (test/support/mended-driver-transform.js)
it('a guarded connection is kept while nothing is asked, given up when the server is silent for too long; what is asked at that moment is told so, and the next question is answered', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-r', join(__dirname, '../../../test/support/register.js'), join(__dirname, 'testing/silent-server.ts'), process.env.CHORUS_TEST_POSTGRES!], { encoding: 'utf8', timeout: 30_000 })
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'answered, kept, ETIMEDOUT, CONNECTION_CLOSED, another', stderr: '' })
})

it('a server that was away is found again as soon as it is back, however often it was asked meanwhile', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-r', join(__dirname, '../../../test/support/register.js'), join(__dirname, 'testing/server-away.ts'), process.env.CHORUS_TEST_POSTGRES!], { encoding: 'utf8', timeout: 60_000 })
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'answered, told, told, told, answered at once', stderr: '' })
}, 70_000)
