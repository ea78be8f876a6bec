import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

// in a process of its own, as a service has the driver: jest has it by a way of its own (test/support/mended-driver-transform.js)
it('a server that ends a connection while it is asked for the array types does not end the process', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-r', join(__dirname, '../../../test/support/register.js'), join(__dirname, 'testing/lost-while-asking.ts'), process.env.CHORUS_TEST_POSTGRES!], { encoding: 'utf8', timeout: 30_000 })
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'told, then answered', stderr: '' })
})

it('a server that accepts and closes is told of, and not called again and again', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-r', join(__dirname, '../../../test/support/register.js'), join(__dirname, 'testing/closes-at-once.ts')], { encoding: 'utf8', timeout: 30_000 })
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'CONNECTION_CLOSED, CONNECTION_CLOSED, CONNECTION_CLOSED, a few calls', stderr: '' })
})
