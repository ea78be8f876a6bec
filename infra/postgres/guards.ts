/** Writes infra/postgres/guards.json, what the migrations make to refuse changes, from a database that was just migrated. `npm run guards`; one that is stale fails schema-guards.int.spec.ts. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { APP_ROLE, startEmbeddedPostgres } from '../../libs/platform/src/embedded-postgres'
import { migrate } from '../../libs/platform/src/migrate'
import { guardsFile, guardsOf } from '../../libs/platform/src/schema-guards'

const write = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'chorus-guards-'))
  chmodSync(folder, 0o755)
  const server = await startEmbeddedPostgres({ folder })
  try {
    await migrate(server.ownerUrl, APP_ROLE)
    const sql = postgres(server.ownerUrl, { max: 1, onnotice: () => undefined })
    writeFileSync(guardsFile(), `${JSON.stringify(await guardsOf(sql), null, 2)}\n`)
    await sql.end()
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

write().catch((error: unknown) => { console.error(error); process.exitCode = 1 })
