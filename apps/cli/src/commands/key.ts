import type { Command } from 'commander'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { CLOSING_STATUTES, CONTEXTS, COURTS, HOLD_GROUNDS } from '@chorus/contracts'
import { postgres } from '@chorus/postgres'
import { KeyServiceAway, moveKeys, Pkcs11Service, sealsIn, ServiceSeal, VaultRefused } from '@chorus/privacy'
import { enterAsOwner } from '@chorus/platform/database'
import type { Settings } from '@chorus/platform/settings'
import { withOwner } from '../backup-places'
import { resultOf } from '../client'
import type { Context } from '../context'
import { CliError, EXIT } from '../exit'

interface View { readonly held: boolean; readonly closed: boolean; readonly ordered: boolean; readonly orderedWith: readonly string[]; readonly subjects: readonly string[]; readonly records: readonly string[]; readonly linked: readonly string[]; readonly keys: readonly { readonly keyId: string; readonly context: string; readonly subject: string; readonly state: string }[] }
interface Receipt { readonly ordinal: number; readonly repeated: boolean }
interface Ended extends Receipt { readonly keys: number; readonly subjects: readonly string[] }
interface Replaced { readonly context: string; readonly from: readonly string[]; readonly to: string; readonly keys: number; readonly complete: boolean; readonly ordinal?: number }
interface Order { readonly court: string; readonly order?: string }

const pathOf = (subject: string): string => `/v1/keys/${encodeURIComponent(subject)}`
const court = (command: Command): Command => command.option('--court <court>', `one of ${COURTS.join(', ')}`, 'CIRCUIT').option('--order <number>', 'number of the order at the court (required)')
const oneOf = (option: string, value: string | undefined, codes: readonly string[]): string => { if (value === undefined || !codes.includes(value)) throw new CliError(`${option}: ${value === undefined ? 'is missing; give one' : 'is none'} of ${codes.join(', ')}.`, EXIT.usage); return value }
const orderOf = ({ court: at, order }: Order) => {
  if (!order) throw new CliError('Name the order of the court: --order NUMBER.', EXIT.usage)
  return { court: oneOf('--court', at, COURTS), orderRef: order }
}

/** chorus key status | destroy | close | hold | release | rotate: the keys of a person (per_…) or a record (its stream), and their end. */
export const register = (program: Command, context: Context): void => {
  const group = program.command('key').description('the keys of a person or a record: what there is, legal holds, orders to close or to destroy')

  context.command<Record<string, unknown>, [string]>(group, {
    name: 'status <subject>', summary: 'which keys there are of a person (per_…) or a record (its stream), and what was ordered', role: 'privacyOfficer',
    examples: ['npx chorus key status per_…', 'npx chorus key status arrest-018f2a60-0000-8000-8000-000000000041'],
    run: async ({ client, out, signal }, subject) => {
      const view = await (await client()).get<View>(pathOf(subject), { signal })
      out.data('key.status/1', { subject, ...view }, linesOf(view))
    },
  })

  context.command<Order & { confirm?: string; linked?: string[] }, [string]>(group, {
    name: 'destroy <subject>', summary: 'record an order to destroy, and destroy every key: nothing brings back what they sealed', role: 'privacyOfficer', writes: 'operator',
    examples: ['npx chorus key destroy per_… --dry-run', 'npx chorus key destroy arrest-… --order NUMBER --reason "false arrest, as the court found" --confirm arrest-…'],
    with: (command) => court(command).option('--confirm <subject>', 'the subject again: it is not taken back (required)').option('--linked <token...>', 'the tokens that links make the same person\'s, all of them: their keys go too'),
    run: async ({ client, options, out, signal }, subject) => {
      const chorus = await client()
      if (options.dryRun) {
        const view = await chorus.get<View>(pathOf(subject), { signal })
        out.data('key.destroy/1', { dryRun: true, subject, ...view }, [view.held ? 'refused: a legal hold stands on it' : `would destroy ${view.keys.filter(({ state }) => state === 'active').length} keys, and those of ${view.records.length} quarantined records`, ...linesOf(view)])
        return view.held ? EXIT.conflict : EXIT.ok
      }
      if (options.confirm !== subject) throw new CliError(`This is not taken back by anything. Say whom once more: --confirm ${subject}.`, EXIT.usage)
      const ended = await chorus.post<Ended>(`${pathOf(subject)}/destruction`, { ...orderOf(options), reason: options.reason, ...(options.linked && { linked: options.linked }) }, { signal })
      out.data('key.destroy/1', { subject, ...ended }, [`destroyed: ${ended.keys} keys; the order stands at ordinal ${ended.ordinal}`, ...ended.subjects.map((each) => `  ${each}`)])
      out.next('npx chorus verify')
    },
  })

  context.command<Order & { statute: string }, [string]>(group, {
    name: 'close <subject>', summary: 'record an order to close: kept, for justice alone', role: 'privacyOfficer', writes: 'operator',
    examples: ['npx chorus key close arrest-… --order NUMBER --statute RSMO_610_140 --reason "petition granted"'],
    with: (command) => court(command).option('--statute <statute>', `one of ${CLOSING_STATUTES.join(', ')}`, 'RSMO_610_140'),
    run: async ({ client, options, out, signal }, subject) => {
      const body = { ...orderOf(options), statute: oneOf('--statute', options.statute, CLOSING_STATUTES), reason: options.reason }
      if (options.dryRun) { out.data('key.close/1', { dryRun: true, subject }, [`would close ${subject}`]); return }
      const receipt = await (await client()).post<Receipt>(`${pathOf(subject)}/closing`, body, { signal })
      out.data('key.close/1', { subject, ...receipt }, [`closed, at ordinal ${receipt.ordinal}: its keys stay`])
    },
  })

  context.command<{ ground?: string; matter?: string }, [string]>(group, {
    name: 'hold <subject>', summary: 'keep it: no key of it is destroyed until the hold is released', role: 'privacyOfficer', writes: 'operator',
    examples: ['npx chorus key hold per_… --ground LITIGATION --matter NUMBER --reason "a civil action"'],
    with: (command) => command.option('--ground <ground>', `one of ${HOLD_GROUNDS.join(', ')} (required)`).option('--matter <number>', 'number of the matter'),
    run: async ({ client, options, out, signal }, subject) => {
      const body = { ground: oneOf('--ground', options.ground, HOLD_GROUNDS), ...(options.matter !== undefined && { matter: options.matter }), reason: options.reason }
      if (options.dryRun) { out.data('key.hold/1', { dryRun: true, subject }, [`would hold ${subject}`]); return }
      const receipt = await (await client()).post<Receipt>(`${pathOf(subject)}/hold`, body, { signal })
      out.data('key.hold/1', { subject, ...receipt }, [`held, at ordinal ${receipt.ordinal}`])
    },
  })

  context.command<Record<string, unknown>, [string]>(group, {
    name: 'release <subject>', summary: 'end a legal hold', role: 'privacyOfficer', writes: 'operator',
    examples: ['npx chorus key release per_… --reason "the action is settled"'],
    run: async ({ client, options, out, signal }, subject) => {
      if (options.dryRun) { out.data('key.release/1', { dryRun: true, subject }, [`would release ${subject}`]); return }
      const receipt = await (await client()).post<Receipt>(`${pathOf(subject)}/release`, { reason: options.reason }, { signal })
      out.data('key.release/1', { subject, ...receipt }, [`released, at ordinal ${receipt.ordinal}`])
    },
  })

  context.command<Record<string, unknown>, [string]>(group, {
    name: 'rotate <context>', summary: `replace what wraps the keys of a context (${CONTEXTS.join(', ')}), while everybody goes on`, role: 'operator', writes: 'operator',
    examples: ['npx chorus key rotate case --reason "once a year"'],
    run: async ({ client, options, out, signal }, of) => {
      oneOf('context', of, CONTEXTS)
      if (options.dryRun) { out.data('key.rotate/1', { dryRun: true, context: of }, [`would wrap every key of ${of} anew`]); return }
      const body = Buffer.from(JSON.stringify({ reason: options.reason }))
      const answer = (await client()).upload<object>(`/v1/context-keys/${of}/replacement`, { body: Readable.from([body]), contentType: 'application/json', length: body.length, signal })
      const result = await resultOf<Replaced, { keys: number; of: number }>(answer, ({ keys, of: total }) => out.progress('wrapping', { done: keys, total, unit: 'keys' }))
      out.progressDone()
      out.data('key.rotate/1', result, [`replaced: ${result.keys} keys wrapped anew, at ordinal ${result.ordinal ?? '-'}; ${result.from.length} older context key gone`])
    },
  })
  registerStore(group.command('store').description('where the context keys are: files apart from the database, or sealed by the key service of CHORUS_KEY_SERVICE'), context)
}

const serviceOf = ({ keyService }: Settings): ServiceSeal => {
  if (keyService === undefined) throw new CliError('No key service is configured: set CHORUS_KEY_SERVICE to the PKCS#11 URI of its wrapping key, and CHORUS_KEY_SERVICE_PIN.', EXIT.usage)
  return new ServiceSeal(new Pkcs11Service(keyService))
}
const refusedByService = (error: unknown): never => {
  if (error instanceof KeyServiceAway) throw new CliError(`${error.message}.`, EXIT.unavailable)
  if (error instanceof VaultRefused) throw new CliError(`${error.message}.`, EXIT.refused)
  throw error
}

/** chorus key store status | new-key | move */
const registerStore = (store: Command, context: Context): void => {
  context.command(store, {
    name: 'status', summary: 'by what each file of the key folder is sealed, and whether the key service answers',
    examples: ['npx chorus key store status'],
    run: async ({ settings, out }) => {
      const files = sealsIn(join(settings.data, 'keys'))
      const service = settings.keyService && await serviceOf(settings).look(5000)
      out.data('key.store/1', { files, service }, [...files.map(({ name, wrappingKey }) => `${(wrappingKey === undefined ? 'plain' : `wrapping key ${wrappingKey}`).padEnd(26)}  ${name}`), service?.text ?? 'no key service is configured'])
      return service && !service.ok ? EXIT.unavailable : EXIT.ok
    },
  })

  context.command(store, {
    name: 'new-key', summary: 'make one more wrapping key in the key service; what is written from then on is sealed with it', writes: 'dry-run',
    examples: ['npx chorus key store new-key', 'npx chorus key store new-key && npx chorus key store move --to service --drop-older'],
    run: async ({ settings, options, out }) => {
      const { service } = serviceOf(settings)
      if (options.dryRun) { const there = await service.keys().catch(refusedByService); out.data('key.store.new-key/1', { dryRun: true, there }, [`would make a key; ${service.name} has ${there.length}`]); return }
      const id = await service.make().catch(refusedByService)
      out.data('key.store.new-key/1', { id }, [`${service.name}: made ${id}`])
      out.next('npx chorus key store move --to service')
    },
  })

  context.command<{ to: string; dropOlder?: boolean }>(store, {
    name: 'move', summary: 'seal the key folder with the newest wrapping key of the key service, or unseal it, while everybody goes on; cut short, the same command goes on', writes: 'dry-run',
    examples: ['npx chorus key store move --to service', 'npx chorus key store move --to service --drop-older', 'npx chorus key store move --to files'],
    with: (command) => command.requiredOption('--to <store>', 'service or files').option('--drop-older', 'then remove the older wrapping keys from the service: older copies of the key folder, and backups of it, open no more'),
    run: async ({ settings, options, world, out }) => {
      const to = oneOf('--to', options.to, ['service', 'files']) as 'service' | 'files'
      if (to === 'files' && options.dropOlder) throw new CliError('--drop-older goes with --to service.', EXIT.usage)
      const seal = serviceOf(settings)
      const folder = join(settings.data, 'keys')
      if (options.dryRun) {
        const wanted = to === 'service' ? await seal.newest().catch(refusedByService) : undefined
        const names = sealsIn(folder).flatMap(({ name, wrappingKey }) => wrappingKey === wanted ? [] : [name])
        out.data('key.store.move/1', { dryRun: true, to, files: names }, names.length === 0 ? ['nothing to do'] : names.map((name) => `would ${to === 'service' ? 'seal' : 'unseal'} ${name}`))
        return
      }
      const moved = await withOwner(settings, world.clock, async (ownerUrl) => {
        const sql = postgres(ownerUrl, { max: 1, onnotice: () => undefined })
        try {
          await enterAsOwner(sql, 'chorus key store move', { to, ...(options.dropOlder && { dropOlder: 'true' }) })
          return await moveKeys(sql, folder, seal, to, options.dropOlder)
        } finally { await sql.end({ timeout: 1 }) }
      }).catch(refusedByService)
      out.data('key.store.move/1', { to, ...moved }, [...moved.changed.map((name) => `${to === 'service' ? 'sealed' : 'unsealed'}  ${name}`), ...(moved.changed.length === 0 ? ['nothing to do'] : []), ...moved.dropped.map((id) => `removed  wrapping key ${id}`)])
      out.next('npx chorus backup …', 'npx chorus doctor')
    },
  })
}

const linesOf = ({ held, closed, ordered, orderedWith, subjects, records, linked, keys }: View): string[] => [
  [...(ordered ? ['destruction ordered'] : []), ...(closed ? ['closed'] : []), ...(held ? ['held'] : [])].join(', ') || 'nothing was ordered',
  ...subjects.map((each) => `  ${each}`), ...records.map((each) => `  ${each}  goes with it`), ...orderedWith.map((each) => `  ${each}  named by the order`), ...linked.map((each) => `  ${each}  linked as the same person`),
  ...keys.map((key) => `  ${key.state.padEnd(10)}  ${key.context.padEnd(8)}  ${key.keyId}`),
]
