import type { Command } from 'commander'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readSet, restoreBackup } from '@chorus/backup'
import { installRights, migrateWithin } from '@chorus/platform/database'
import { DESTROYED_LIST, sealFor } from '@chorus/privacy'
import { refused, sealingOf, withTarget, withTrial, type Target } from '../backup-places'
import type { Context } from '../context'
import { CliError, EXIT } from '../exit'

interface Options { readonly from?: string; readonly keysFrom?: string; readonly key?: string; readonly passphraseFile?: string; readonly destroyed?: string; readonly drill?: boolean }

/** chorus restore: a backup onto an empty machine; with --drill somewhere else, only to see that it can be. */
export const register = (program: Command, context: Context): void => {
  context.command<Options>(program, {
    name: 'restore',
    summary: 'put a backup into an empty data folder or database; with --drill only prove that it can be',
    examples: ['npx chorus restore --drill --from backups/monday --keys-from elsewhere/keys --key restore.pem', 'CHORUS_DATA=… npx chorus restore --from backups/monday --passphrase-file phrase.txt'],
    with: (command) => command
      .option('--from <folder>', 'folder of the backup (required)')
      .option('--keys-from <folder>', 'folder of the keys\' file (default: <from>-keys)')
      .option('--key <file>', 'private key (PEM) that the keys were sealed for')
      .option('--passphrase-file <file>', 'file with the passphrase instead')
      .option('--destroyed <folder>', 'folder with a newer vault-destroyed.jsonl, for example the key folder that was in use: what it lists is destroyed again')
      .option('--drill', 'restore into a place of its own, verify, take it away again'),
    run: async ({ options, settings, out }) => {
      const { from, keysFrom = `${from}-keys`, destroyed, drill } = options
      if (from === undefined) throw new CliError('Say where from: --from FOLDER.', EXIT.usage)
      if (destroyed !== undefined && !existsSync(join(destroyed, DESTROYED_LIST))) throw new CliError(`${join(destroyed, DESTROYED_LIST)} is not there: give --destroyed the folder of a list of destructions.`, EXIT.usage)
      const sealing = sealingOf(options, '--key')
      let rows = 0
      const restored = await (async () => {
        const set = await readSet(from, keysFrom, sealing)
        const into = (target: Target) => restoreBackup({
          from, set, ...target, mode: settings.mode, seal: sealFor(settings.keyService), logUrl: settings.logUrl, trial: drill === true, destroyedFrom: [keysFrom, join(settings.data, 'keys'), ...destroyed === undefined ? [] : [destroyed]],
          schema: (tx, migrations) => migrateWithin(tx, decodeURIComponent(new URL(target.appUrl).username), migrations),
          onProgress: (_, more) => out.progress('restoring', { done: rows += more, total: set.manifest.parts.reduce((sum, part) => sum + part.rows, 0), unit: 'rows' }),
        })
        return drill ? withTrial(into) : withTarget(settings, async (target) => {
          const done = await into(target)
          await installRights(target.ownerUrl, decodeURIComponent(new URL(target.appUrl).username))
          return done
        })
      })().catch(refused)
      out.progressDone()
      out.data('restore/1', { drill: drill === true, ...restored }, [
        `log ${restored.log} ${drill ? 'can be restored' : 'is restored'} through ordinal ${restored.ordinal}: ${restored.rows} rows, the chain verifies`,
        restored.checkpoints === 'kept' ? `${settings.checkpoints} holds checkpoints of this log: left as they are; they may say more than the backup (docs/runbooks/tampering.md)`
          : restored.checkpoints === 'none' ? 'no signed checkpoints are in this backup: the log is signed anew from its start' : 'its signed checkpoints came with it',
        `${restored.destroyed} keys are destroyed${restored.again > 0 ? `, ${restored.again} of them after the backup was taken, and now again` : ''}${restored.unknown > 0 ? `; ${restored.unknown} persons or records that this backup does not know are destroyed too: they cannot come back` : ''}`,
      ])
      if (!drill) out.next('npx chorus doctor', 'npm start')
    },
  })
}
