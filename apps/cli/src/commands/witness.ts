import type { Command } from 'commander'
import { resolve } from 'node:path'
import { CheckpointFolder, serveWitness } from '@chorus/tamper-evidence'
import type { Context } from '../context'
import { CliError, EXIT } from '../exit'
import { readPublicKey } from '../public-key'

interface WitnessOptions { readonly key: readonly string[]; readonly folder: string; readonly listen: string }

/** chorus witness: the second place on another host; it needs no Chorus, no database and no secret. */
export const register = (program: Command, context: Context): void => {
  context.command<WitnessOptions, []>(program, {
    name: 'witness',
    summary: 'keep the checkpoints of logs that run elsewhere, and refuse to go back',
    examples: ['npx chorus witness --key log.pub --folder /srv/checkpoints', 'npx chorus witness --key log.pub --folder /srv/checkpoints --listen 0.0.0.0:8290'],
    with: (command) => command
      .requiredOption('--key <key>', 'public key of a log that is kept here: a file, or the key itself; may be given several times', (key: string, all: readonly string[] = []) => [...all, key])
      .requiredOption('--folder <folder>', 'where the checkpoints are kept')
      .option('--listen <host:port>', 'where it listens; put TLS in front of it', '127.0.0.1:8290'),
    run: async ({ options, out, signal, root }) => {
      const at = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(options.listen)
      if (!at) throw new CliError('--listen: is not host:port; give for example 127.0.0.1:8290', EXIT.usage)
      const folder = resolve(root, options.folder)
      const server = await serveWitness({ folder: new CheckpointFolder({ folder }), keys: options.key.map(readPublicKey), host: at[1] ?? at[2]!, port: Number(at[3]) }).catch((error: NodeJS.ErrnoException) => {
        throw new CliError(`It cannot listen on ${options.listen} (${error.code ?? 'unknown cause'}). Choose another with --listen.`, EXIT.conflict)
      })
      out.data('witness/1', { address: server.address, folder }, [`witness at ${server.address}, keeping in ${folder}. Chorus sends to it with CHORUS_WITNESS=${server.address}`])
      if (!signal.aborted) await new Promise((stopped) => { signal.addEventListener('abort', stopped) })
      await server.close()
    },
  })
}
