import type { Command } from 'commander'
import { join } from 'node:path'
import { takeBackup } from '@chorus/backup'
import { tablesOfChorus } from '@chorus/platform/database'
import { chorusVersion } from '@chorus/platform/process'
import { refused, sealingOf, withOwner } from '../backup-places'
import type { Context } from '../context'
import { CliError, EXIT } from '../exit'

interface Options { readonly to?: string; readonly keysTo?: string; readonly sealFor?: string; readonly passphraseFile?: string }

/** chorus backup: log, vault, checkpoints and consumers' places of one moment, and the keys apart from them. */
export const register = (program: Command, context: Context): void => {
  context.command<Options>(program, {
    name: 'backup',
    summary: 'copy the log, the vault and all places of consumers to a folder, and the keys, sealed, to another; while Chorus runs',
    examples: ['npx chorus backup --to backups/monday --keys-to elsewhere/keys --seal-for restore.pub.pem', 'npx chorus backup --to backups/monday --passphrase-file phrase.txt'],
    with: (command) => command
      .option('--to <folder>', 'folder of this backup: new, or empty (required)')
      .option('--keys-to <folder>', 'folder of the keys\' file; the newer one replaces the older (default: <to>-keys, to be brought elsewhere)')
      .option('--seal-for <file>', 'public key (PEM: X25519, P-256, RSA) of whoever restores')
      .option('--passphrase-file <file>', 'file with a passphrase instead'),
    run: async ({ options, settings, world, out }) => {
      const { to, keysTo = `${to}-keys`, sealFor, passphraseFile } = options
      if (to === undefined) throw new CliError('Say where to: --to FOLDER.', EXIT.usage)
      const sealing = sealingOf({ key: sealFor, passphraseFile }, '--seal-for')
      let rows = 0
      const manifest = await withOwner(settings, world.clock, (ownerUrl) => takeBackup({
        ownerUrl, keysFolder: join(settings.data, 'keys'), checkpoints: settings.checkpoints, tables: tablesOfChorus, to, keysTo, sealing, takentime: world.clock.now(), version: chorusVersion(),
        onProgress: (_, more) => out.progress('copying', { done: rows += more, unit: 'rows' }),
      })).catch(refused)
      out.progressDone()
      const { leftOut = [], checkpoints } = manifest
      out.data('backup/1', { to, keysTo, id: manifest.id, log: manifest.log, ordinal: manifest.head.ordinal, rows, keys: manifest.keys.generation, checkpoints: checkpoints ? { through: checkpoints.through } : null, leftOut, kurrentdb: manifest.kurrentdb ?? null }, [
        `log ${manifest.log} through ordinal ${manifest.head.ordinal}, ${rows} rows of ${manifest.parts.length} tables: ${to}`,
        checkpoints ? `signed checkpoints through ordinal ${checkpoints.through}` : `NO SIGNED CHECKPOINTS: ${settings.checkpoints} has none of this log. Is CHORUS_CHECKPOINTS that of the process that signs?`,
        `keys ${manifest.keys.generation}, sealed: ${keysTo}`,
        ...leftOut.length > 0 ? [`LEFT OUT, since Chorus has no such table: ${leftOut.join(', ')}. Back up what is yours by your own means.`] : [],
        ...manifest.kurrentdb ? [`The events are in KurrentDB, and not in this backup: it has their places, the vault, the audit log, quarantine and consumers' places. Take KurrentDB's own backup of the same moment, with the services stopped for both; it must end at commit ${manifest.kurrentdb.commit}.`] : [],
      ])
      out.next(`npx chorus restore --drill --from ${to} --keys-from ${keysTo} …`)
    },
  })
}
