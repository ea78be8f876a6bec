import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkPort, holdDataFolder, SettingsRefused, SetupRefused } from '@chorus/platform'
import { exitCodeOf } from './refusals'

const refusalOf = async (attempt: () => unknown): Promise<unknown> => { try { await attempt() } catch (error) { return error } throw new Error('it was not refused') }

describe('the exit code of a process that cannot start', () => {
  it('is 2 for settings, also where only a try shows that one is wrong', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chorus-exit-'))
    writeFileSync(join(folder, 'file'), '')
    try {
      const run = { startedtime: '', mode: 'demonstration', version: '' } as const
      for (const attempt of [() => holdDataFolder(join(folder, 'file'), run), () => holdDataFolder(join(folder, 'file', 'below'), run), () => checkPort('999.1.1.1', 0), () => checkPort('192.0.2.1', 0)]) expect(exitCodeOf(await refusalOf(attempt))).toBe(2)
      expect(exitCodeOf(new SettingsRefused(['CHORUS_PORT: is …']))).toBe(2)
    } finally { rmSync(folder, { recursive: true, force: true }) }
  })

  it('is 6 where another has the port or the folder, 7 where the database does not answer, 1 for what nobody thought of', () => {
    expect(exitCodeOf(new SetupRefused('Port 1 on h is in use by another program.'))).toBe(6)
    expect(exitCodeOf(new SetupRefused('DATABASE_URL: PostgreSQL at h:1, database d, role r cannot be used: nothing listens there.'))).toBe(7)
    expect(exitCodeOf(new Error('?'))).toBe(1)
  })
})
