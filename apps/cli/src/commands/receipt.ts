import type { Command } from 'commander'
import { readFileSync } from 'node:fs'
import { verifyReceipt, type Receipt } from '@chorus/tamper-evidence'
import type { Context } from '../context'
import { CliError, EXIT } from '../exit'
import { readPublicKey } from '../public-key'

/** chorus receipt, chorus verify-receipt: proof of one event's place, and whoever checks it with the public key alone. */
export const register = (program: Command, context: Context): void => {
  context.command<{ readonly text?: boolean }, [string]>(program, {
    name: 'receipt <id>',
    summary: 'print the proof of one event\'s place in the log',
    examples: ['npx chorus receipt 0190a1b2-0000-7000-8000-00000000000d > receipt.json', 'npx chorus receipt 0190a1b2-0000-7000-8000-00000000000d --text --role evaluator'],
    with: (command) => command.option('--text', 'with the event\'s stored text, what is sealed sealed, so that id and content are proven too; for roles that see it (--role evaluator); entered in the audit log'),
    run: async ({ client, options, out, signal }, id) => {
      const receipt = await (await client()).get<Receipt>(`/v1/log/receipts/${encodeURIComponent(id)}${options.text ? '/text' : ''}`, { signal })
      // the receipt is the answer, for people and programs alike: it goes into a file
      out.data('receipt/1', receipt, [JSON.stringify(receipt)])
    },
  })
  context.command<{ readonly key: string }, [string]>(program, {
    name: 'verify-receipt <file>',
    summary: 'check a receipt with the public key alone: no Chorus, no database, no network',
    examples: ['npx chorus verify-receipt receipt.json --key log.pub', 'npx chorus verify-receipt receipt.json --key chorus/0190…+1a2b3c4d+AZ…'],
    with: (command) => command.requiredOption('--key <key>', 'the public key of the log: a file, or the key itself'),
    run: async ({ options, out }, file) => {
      const key = readPublicKey(options.key)
      const verdict = verifyReceipt(readJson(file), key)
      out.data('verify-receipt/1', verdict, verdict.ok
        ? [
          // what is not proven is not said to be right
          `RIGHT: ${verdict.idProven ? `event ${verdict.id}` : 'an event of this content'} is ordinal ${verdict.ordinal} of log ${verdict.log}, recorded ${verdict.recordedtime}`, `its content has SHA-256 ${verdict.leaf}`,
          `signed with ordinal ${verdict.signed.ordinal} at ${verdict.signed.signedtime} by ${key.id}`,
          verdict.idProven ? 'the receipt holds the event\'s text: its id is proven' : `NOT PROVEN: that its id is ${verdict.id}; the receipt does not hold the event's text, which shows it (chorus receipt --text)`,
        ]
        : [`WRONG (${verdict.fault}): ${verdict.text}`])
      return verdict.ok ? EXIT.ok : EXIT.mismatch
    },
  })
}

const readJson = (file: string): unknown => {
  let text: string
  try { text = readFileSync(file === '-' ? 0 : file, 'utf8') } catch (error) { throw new CliError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown cause'}). Give the file that "chorus receipt" printed.`, EXIT.usage) }
  try { return JSON.parse(text) } catch { throw new CliError(`${file} is not JSON. Give the file that "chorus receipt" printed.`, EXIT.dataErrors) }
}
