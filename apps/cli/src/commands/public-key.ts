import type { Command } from 'commander'
import type { Context } from '../context'

/** chorus public-key: what to hand to whoever is to check receipts and checkpoints. */
export const register = (program: Command, context: Context): void => {
  context.command(program, {
    name: 'public-key',
    summary: 'print the public key that signs this log, for whoever is to check it',
    examples: ['npx chorus public-key > log.pub', 'npx chorus public-key --json'],
    run: async ({ client, out, signal }) => {
      const key = await (await client()).get<{ log: string; publicKey: string }>('/v1/log/public-key', { signal })
      out.data('public-key/1', key, [key.publicKey])
    },
  })
}
