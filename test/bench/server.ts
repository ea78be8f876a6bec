/** The PostgreSQL that a bench measures: the one of CHORUS_TEST_POSTGRES, else the embedded one with its durable settings. */
import { mkdtemp, rm, chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { postgres } from '@chorus/postgres'

/** Sees to it that CHORUS_TEST_POSTGRES names a server; answers how to stop what was started. */
export async function benchServer(): Promise<() => Promise<void>> {
  if (process.env.CHORUS_TEST_POSTGRES) return async () => undefined
  const { startEmbeddedPostgres } = await import('../../libs/platform/src/embedded-postgres')
  const folder = await mkdtemp(join(tmpdir(), 'chorus-bench-'))
  await chmod(folder, 0o755)
  const server = await startEmbeddedPostgres({ folder })
  process.env.CHORUS_TEST_POSTGRES = server.adminUrl
  return async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** What the server promises; figures without durability are not worth printing. */
export async function serverFacts(): Promise<{ version: string; durable: boolean }> {
  const sql = postgres(process.env.CHORUS_TEST_POSTGRES!, { max: 1 })
  const [row] = await sql<{ version: string; durable: boolean }[]>`
    select current_setting('server_version') as version, current_setting('fsync') = 'on' and current_setting('synchronous_commit') = 'on' as durable`
  await sql.end()
  return row!
}

/** fdatasync calls a second after writes of 8 KiB, one after the other: no commit can come more often without sharing. */
export function fdatasyncRate(forMs: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'chorus-fdatasync-'))
  const block = Buffer.alloc(8192, 1)
  const file = openSync(join(folder, 'blocks'), 'w')
  try {
    for (let i = 0; i < 256; i++) writeSync(file, block, 0, block.length, i * block.length)
    fdatasyncSync(file)
    const started = performance.now()
    let calls = 0
    for (; performance.now() - started < forMs; calls++) {
      writeSync(file, block, 0, block.length, (calls % 256) * block.length)
      fdatasyncSync(file)
    }
    return (calls / (performance.now() - started)) * 1000
  } finally {
    closeSync(file)
    rmSync(folder, { recursive: true })
  }
}
