/** The command line without a Chorus: help, usage, exit codes, output, and HTTP against a small server. */
import { getEventListeners } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKeyPairSync } from 'node:crypto'
import { findEvent, MemoryStore } from '@chorus/event-store'
import { holdDataFolder } from '@chorus/platform/settings'
import { keyName, receiptOf, signCheckpoint, signerOf, type Receipt } from '@chorus/tamper-evidence'
import { PassThrough, Readable } from 'node:stream'
import { Client, errorOfProblem, ndjson, resultOf } from './client'
import { Context, type World } from './context'
import { EXIT } from './exit'
import { Output, progressText } from './output'
import type { Command } from 'commander'
import { everyCommand, programOf, runCommandLine } from './program'

const data = mkdtempSync(join(tmpdir(), 'chorus-cli-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))

interface Ran { readonly code: number; readonly out: string; readonly err: string }
const worldOf = (argv: string[], env: Record<string, string> = {}, signal = new AbortController().signal): { world: World; out: () => string; err: () => string } => {
  const texts = { out: '', err: '' }
  const sink = (name: 'out' | 'err'): PassThrough => new PassThrough().on('data', (chunk: Buffer) => { texts[name] += chunk.toString() })
  let now = 0
  return { world: { stdout: sink('out'), stderr: sink('err'), env: { CHORUS_DATA: data, CHORUS_PORT: '0', ...env }, clock: { now: () => '2026-03-02T12:00:00.000Z' }, watch: () => now += 100, signal, argv }, out: () => texts.out, err: () => texts.err }
}
const chorus = async (line: string, env: Record<string, string> = {}, signal?: AbortSignal): Promise<Ran> => {
  const { world, out, err } = worldOf(line.split(' '), env, signal)
  const code = await runCommandLine(world)
  await new Promise((resolve) => setImmediate(resolve))
  return { code, out: out(), err: err() }
}

describe('every command', () => {
  const { world } = worldOf([])
  const program = (words?: readonly string[]): Promise<Command> => programOf(world, async () => new Context(world), words)
  const helpOf = (command: Command): string => {
    let help = ''
    command.configureOutput({ writeOut: (text) => { help += text } })
    command.outputHelp()
    return help
  }

  it('has a summary, examples that name it, and the common options', async () => {
    const leaves = everyCommand(await program()).filter((command) => command.commands.length === 0 && command.name() !== 'help')
    expect(leaves.length).toBeGreaterThan(40)
    for (const command of leaves) {
      const help = helpOf(command)
      expect(command.description().length).toBeGreaterThan(10)
      expect(help).toMatch(new RegExp(`Examples:[\\s\\S]*chorus .*${command.name()}`))
      for (const option of ['--json', '--quiet', '--no-color', '--no-input', '--env', '--role']) expect(help).toContain(option)
    }
  })

  it('is in the program\'s own help as it says itself, though help loads none of them', async () => {
    expect(helpOf(await program(['--help']))).toBe(helpOf(await program()))
  })

  it('is loaded alone, and is the same then', async () => {
    const all = await program()
    for (const { name, command } of all.commands.map((each) => ({ name: each.name(), command: each }))) {
      const alone = (await program([name, '--json'])).commands.find((each) => each.name() === name)
      expect(alone && helpOf(alone)).toBe(helpOf(command))
    }
  })
})

describe('usage', () => {
  it.each([
    ['tokne', /Did you mean token\?/], ['token', /--role/], ['token --role mayor', /Allowed choices are/], ['token --role operator --agency Nowhere', /an ORI/], ['token --role operator --nonsense', /unknown option/], ['completion tcsh', /bash, zsh, fish/],
    ['token --role operator --ttl 0', /--ttl/], ['health --env production', /CHORUS_TOKEN_FILE|does not answer/],
    ['log copy --from postgres://a:b@h:1/x --to postgres://c@h:1/x?ssl=false', /the same store/], ['log copy --from kurrentdb://h --to postgres://h/x', /DATABASE_URL/], ['log copy --from mysql://h/x --to postgres://h/x', /addresses of stores/],
  ])('chorus %s is refused in words', async (line, words) => {
    const { code, out, err } = await chorus(line, { CHORUS_URL: 'http://127.0.0.1:9' })
    expect(err).toMatch(words)
    expect(out).toBe('')
    expect([EXIT.usage, EXIT.unavailable]).toContain(code)
  })

  it('wrong settings are named one by one, without their values', async () => {
    const { code, err } = await chorus('health', { CHORUS_PORT: 'eighty', DATABASE_URL: 'postgres:secret-word' })
    expect(code).toBe(EXIT.usage)
    expect(err).toContain('CHORUS_PORT')
    expect(err).toContain('DATABASE_URL')
    expect(err).not.toContain('secret-word')
  })
})

describe('chorus doctor', () => {
  const settingsSaid = async (env: Record<string, string>): Promise<{ code: number; line: string }> => {
    const { code, out } = await chorus('doctor', env)
    return { code, line: out.split('\n').find((line) => / settings /.test(line))! }
  }
  it('looks at the settings of the bus too, which no other command reads', async () => {
    expect((await settingsSaid({})).line).toMatch(/^ok .*demonstration/)
    expect((await settingsSaid({ KAFKA_BROKERS: '', KAFKA_PREFIX: ' ' })).line).toMatch(/^ok /)
    expect((await settingsSaid({ KAFKA_BROKERS: '127.0.0.1:9092', KAFKA_HEAP_OPTS: '-Xmx1g' })).line).toMatch(/^ok /)
    // start:distributed takes it
    expect((await settingsSaid({ KAFKA_PREFIX: 'kc.' })).line).toMatch(/^warn .*KAFKA_PREFIX: is set without KAFKA_BROKERS/)
    const { code, line } = await settingsSaid({ KAFKA_BROKERS: 'nowhere' })
    expect({ code, line }).toEqual({ code: EXIT.usage, line: expect.stringMatching(/^FAIL .*KAFKA_BROKERS: holds something that is no host:port/) as string })
  })
})

describe('chorus health and doctor, of a Chorus in several processes', () => {
  const names = ['INTAKE', 'RELAY', 'DETERRENCE', 'SERVICES', 'FINANCE', 'EVALUATION', 'OPERATIONS']
  it.each(['health', 'doctor'])('%s asks all of them at once, and does not wait for Ctrl-C once for each: node warns of more than ten', async (command) => {
    const stop = new AbortController()
    let most = 0
    // none answers before all are asked
    const waiting: ServerResponse[] = []
    const server = createServer((_, response) => {
      most = Math.max(most, getEventListeners(stop.signal, 'abort').length)
      waiting.push(response)
      if (waiting.length === names.length) for (const one of waiting.splice(0)) one.end(JSON.stringify({ status: 'ready', checks: [], info: { version: 'any' } }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const { out } = await chorus(command, Object.fromEntries(names.map((name) => [`CHORUS_URL_${name}`, address])), stop.signal)
      expect(out.split('\n').filter((line) => line.includes(address))).toHaveLength(names.length)
      expect(most).toBeLessThan(2)
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
  })
})

describe('chorus token', () => {
  it('prints the token alone, and everything about it with --json', async () => {
    const plain = await chorus('token --role detective')
    expect(plain).toMatchObject({ code: 0, out: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\n$/) })
    const { out } = await chorus('token --role detective --ttl 60 --json')
    expect(JSON.parse(out)).toMatchObject({ schema: 'chorus.token/1', role: 'detective', agency: 'KCPD', expiresIn: 60 })
  })

  it('keeps its key to its owner', () => {
    expect(statSync(join(data, 'keys')).mode & 0o077).toBe(0)
    expect(statSync(join(data, 'keys', 'issuer.json')).mode & 0o077).toBe(0)
  })

  it('is refused in production', async () => {
    const { code, out, err } = await chorus('token --role detective --env production')
    expect({ code, out }).toEqual({ code: EXIT.refused, out: '' })
    expect(err).toMatch(/PRODUCTION/)
  })
})

describe('chorus verify', () => {
  const right = { log: 'l', checked: 2, before: null, checkpoints: 1, publicKey: 'k', ok: true, through: 2, link: 'x', signed: null, keys: null, audit: null, persons: null, unsigned: [] }
  const wrong = { log: 'l', checked: 1, before: null, checkpoints: 1, publicKey: 'k', ok: false, ordinal: 2, fault: 'gap', text: 'missing', right: null, stillRight: null }
  it.each([
    ['0 where all is right', right, EXIT.ok, ''],
    ['4 where something is wrong', wrong, EXIT.mismatch, ''],
    ['1 where not everything could be looked at, which is neither', { ...right, notLooked: 'the kept bytes: migrate' }, EXIT.failure, 'not everything was looked at'],
  ])('ends with %s', async (_what, report, expected, said) => {
    const asked: (string | null)[] = []
    const server = createServer((request, response) => {
      asked.push(new URL(request.url!, 'http://x').searchParams.get('full'))
      response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end(`${JSON.stringify({ result: report })}\n`)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    writeFileSync(join(data, 'bearer'), 'a.b.c')
    try {
      for (const more of ['', ' --json', ' --incremental']) {
        const { code, out, err } = await chorus(`verify${more}`, { CHORUS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, CHORUS_TOKEN_FILE: join(data, 'bearer') })
        expect([code, err]).toEqual([expected, expect.stringContaining(said)])
        if (said !== '') expect(out).toContain('the kept bytes: migrate')
      }
      // who asks whether the log is right means all of it
      expect(asked).toEqual(['true', 'true', 'false'])
    } finally {
      await new Promise((resolve) => { server.closeAllConnections(); server.close(resolve) })
    }
  })
})

/** Somebody who has a receipt and the public key, and neither a Chorus nor a database. */
describe('chorus verify-receipt', () => {
  const store = new MemoryStore()
  const key = signerOf(keyName(store.log), generateKeyPairSync('ed25519').privateKey)
  const [receiptFile, keyFile, otherKey] = ['receipt.json', 'log.pub', 'other.pub'].map((name) => join(data, name)) as [string, string, string]
  const id = '00000000-0000-4000-8000-000000000001'
  let receipt: Receipt
  beforeAll(async () => {
    for (const one of [id, id.replace(/1$/, '2')]) await store.append({ stream: `lamp-${one.at(-1)}`, expected: 'none', events: [{ id: one, type: 'LampLit', content: 'c', body: { id: one } }] })
    const { ordinal, link, recordedtime } = await store.head()
    const checkpoint = { log: store.log, ordinal, link, recordedtime: recordedtime!, signedtime: '2026-03-02T12:00:00.000Z' }
    receipt = await receiptOf(store, (await findEvent(store, id))!, { ...checkpoint, note: signCheckpoint(checkpoint, key) }, true)
    writeFileSync(receiptFile, JSON.stringify(receipt))
    writeFileSync(keyFile, `${key.verifier.text}\n`)
    writeFileSync(otherKey, signerOf(keyName(store.log), generateKeyPairSync('ed25519').privateKey).verifier.text)
  })

  it('says that it is right, with the key in a file or as it is, and asks nobody', async () => {
    for (const given of [keyFile, key.verifier.text]) {
      const { code, out } = await chorus(`verify-receipt ${receiptFile} --key ${given}`, { CHORUS_URL: 'http://127.0.0.1:9' })
      expect([code, out]).toEqual([EXIT.ok, expect.stringContaining(`RIGHT: event ${id} is ordinal 1 of log ${store.log}`)])
    }
  })
  it('says of an id that is not proven that it is not, and of one that is that it is', async () => {
    const lines = async (given: object): Promise<string[]> => {
      writeFileSync(receiptFile, JSON.stringify(given))
      const { out } = await chorus(`verify-receipt ${receiptFile} --key ${keyFile}`)
      return out.split('\n').filter((line) => /^(RIGHT|NOT PROVEN|the receipt)/.test(line)).map((line) => line.replace(/ is ordinal.*/, ''))
    }
    const { text: _, ...bare } = receipt
    const other = '00000000-0000-7000-8000-000000000000'
    expect(await lines({ ...bare, id: other })).toEqual(['RIGHT: an event of this content', `NOT PROVEN: that its id is ${other}; the receipt does not hold the event's text, which shows it (chorus receipt --text)`])
    expect(await lines(receipt)).toEqual([`RIGHT: event ${id}`, 'the receipt holds the event\'s text: its id is proven'])
  })
  it('ends with 4 where it proves nothing, and with 2 where it was not given what it needs', async () => {
    expect(await chorus(`verify-receipt ${receiptFile} --key ${otherKey}`)).toMatchObject({ code: EXIT.mismatch, out: expect.stringMatching(/WRONG \(another-key\)/) as string })
    writeFileSync(receiptFile, JSON.stringify({ ...receipt, ordinal: 2 }))
    expect(await chorus(`verify-receipt ${receiptFile} --key ${keyFile}`)).toMatchObject({ code: EXIT.mismatch, out: expect.stringMatching(/WRONG \(path-differs\)/) as string })
    expect((await chorus(`verify-receipt ${receiptFile} --key nonsense`)).code).toBe(EXIT.usage)
    expect((await chorus(`verify-receipt ${join(data, 'nowhere')} --key ${keyFile}`)).code).toBe(EXIT.usage)
  })
})

describe('HTTP', () => {
  let server: Server
  let base: string
  let answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined
  beforeAll(async () => {
    server = createServer((request, response) => answer(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve) }))
  const client = (): Client => new Client(base, () => Promise.resolve('a.b.c'))
  const problem = { type: '/problems/refused-by-rule', title: 'A rule of the program refuses this', status: 422, detail: 'Confirm the relationship first.', instance: 'urn:uuid:1', retryable: false, refused: 'relationship_not_confirmed' }

  it('streams an upload while its progress comes back', async () => {
    const order: string[] = []
    answer = (request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' })
      let bytes = 0
      request.on('data', (chunk: Buffer) => { bytes += chunk.length; response.write(`${JSON.stringify({ progress: { bytes } })}\n`) })
      request.on('end', () => response.end(`${JSON.stringify({ result: { bytes } })}\n`))
    }
    let go: () => void = () => undefined
    const seen = new Promise<void>((resolve) => { go = resolve })
    const body = Readable.from((async function* () { yield Buffer.alloc(1000); await seen; order.push('second part'); yield Buffer.alloc(500) })())
    const result = await resultOf<{ bytes: number }, { bytes: number }>(client().upload('/v1/imports/nibrs', { body, contentType: 'text/plain' }), () => { if (order.length === 0) { order.push('progress'); go() } })
    expect(result).toEqual({ bytes: 1500 })
    expect(order).toEqual(['progress', 'second part'])
  })

  it('takes an early refusal for the answer, and stops sending', async () => {
    answer = (_, response) => { response.writeHead(422, { 'content-type': 'application/problem+json', connection: 'close' }); response.end(JSON.stringify(problem)) }
    let sent = 0
    const body = Readable.from((async function* () { for (;;) { sent++; yield Buffer.alloc(65_536) } })())
    await expect(resultOf(client().upload('/x', { body, contentType: 'text/plain' }))).rejects.toMatchObject({ exit: EXIT.refused, message: expect.stringContaining('Confirm the relationship first.') as string })
    const after = sent
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(sent).toBe(after)
  })

  it('a problem that comes after the first line is an error too; so is an answer that breaks off', async () => {
    answer = (_, response) => { response.writeHead(200); response.end(`{"progress":{}}\n${JSON.stringify({ problem })}\n`) }
    await expect(resultOf(client().lines('/x'))).rejects.toMatchObject({ exit: EXIT.refused })
    answer = (_, response) => { response.writeHead(200); response.end('{"progress":{}}\n') }
    await expect(resultOf(client().lines('/x'))).rejects.toMatchObject({ exit: EXIT.unavailable })
  })

  it('Ctrl-C ends an upload with 130 and says how to go on', async () => {
    const stop = new AbortController()
    answer = (request) => { request.once('data', () => stop.abort()) }
    const file = join(data, 'file.txt')
    writeFileSync(file, 'x'.repeat(1000))
    const { code, err } = await chorus(`import nibrs ${file}`, { CHORUS_URL: base }, stop.signal)
    expect(code).toBe(EXIT.interrupted)
    expect(err).toContain(`npx chorus import nibrs ${file}`)
  })

  const reportOf = (records: { read: number; accepted: number; duplicate: number; quarantined: number }) => ({
    run: 'r', dryRun: false, complete: true, lines: { ...records, blank: 0 }, records, corrections: 0, retractions: 0, releasedFromQuarantine: 0, erased: records.duplicate,
    edits: { recordsBreakingAny: 0, byCode: {} }, quarantine: { byCause: {}, first: [] }, earlierRuns: [], zones: [],
    statistics: { incidents: 0, offenses: 0, victims: 0, offenders: 0, arrestees: 0, groupBArrests: 0, intimatePartner: { victims: 0, incidents: 0, injury: { physical: 0, none: 0, blank: 0 }, incidentsWithArrest: 0 } },
  })
  it.each([
    ['an empty file', { read: 0, accepted: 0, duplicate: 0, quarantined: 0 }, EXIT.dataErrors, /holds no record/],
    ['a file of another kind', { read: 1, accepted: 0, duplicate: 0, quarantined: 1 }, EXIT.dataErrors, /No record of this file could be accepted/],
    ['a file with one bad record', { read: 2, accepted: 1, duplicate: 0, quarantined: 1 }, EXIT.ok, /quarantine list/],
    ['the same file again', { read: 2, accepted: 0, duplicate: 1, quarantined: 1 }, EXIT.ok, /quarantine list/],
  ])('%s: the import ends with a code and words of its own', async (_, records, exit, words) => {
    answer = (request, response) => { request.resume().on('end', () => response.end(`${JSON.stringify({ result: reportOf(records) })}\n`)) }
    const file = join(data, 'any.txt')
    writeFileSync(file, 'x')
    const { code, out, err } = await chorus(`import nibrs ${file}`, { CHORUS_URL: base })
    expect(code).toBe(exit)
    expect(err).toMatch(words)
    expect(out.match(/^erased .*/gm) ?? []).toEqual(records.duplicate === 0 ? [] : ['erased   1 of the duplicates was erased by order: known, and not recorded again'])
  })

  it('help says of which errors in the data a command ends with 3', async () => {
    expect((await chorus('--help', {})).out).toMatch(/3 errors in the data \(of a file: nothing of it accepted; single records in quarantine end with 0\)/)
  })

  it.each([['of JSON, whose rows have no lines', 3, 'row 3  refused'], ['of CSV', 4, 'row 3 (line 4)  refused']])('a plan %s says where a row stands', async (_, line, words) => {
    const report = { mapping: 'm@1', committed: false, complete: true, plan: 'p', records: { read: 3, accepted: 2, duplicate: 0, quarantined: 1 }, corrections: 0, erased: 0, releasedFromQuarantine: 0, withoutCase: 0, departures: 0, rows: [{ row: 3, line, outcome: 'refused', cause: 'c', text: 't' }], rowsLeftOut: 0 }
    answer = (request, response) => { request.resume().on('end', () => response.end(`${JSON.stringify({ result: report })}\n`)) }
    const file = join(data, 'any.txt')
    writeFileSync(file, 'x')
    const { code, out } = await chorus(`csv plan ${file} --map ${file}`, { CHORUS_URL: base })
    expect([code, out]).toEqual([EXIT.ok, expect.stringContaining(`${words}  c: t`)])
  })

  it('a history says what was decided, not only that it was', async () => {
    const entry = { id: 'e1', what: 'Level assigned', happened: { time: '2026-07-02', precision: 'day', zone: 'UTC' }, recorded: '2026-07-03T00:00:00.000000Z', agency: 'JCPO', state: 'current', policyVersion: 'sample-levels@1.0.0', data: { level: 'A', matchedCriteria: ['one', 'two'], panelMembers: [{ agency: 'KCPD' }] } }
    answer = (_, response) => { response.writeHead(200, { 'content-type': 'application/json' }); response.end(JSON.stringify({ of: 'x', kind: 'case', asOf: { recorded: 'now', occurred: null }, notice: 'n', entries: [entry, { ...entry, policyVersion: undefined, data: {} }] })) }
    const { out } = await chorus('history x', { CHORUS_URL: base })
    expect(out.split('\n').filter((line) => line.includes('level '))).toEqual(['     level A  matchedCriteria one, two  policy sample-levels@1.0.0'])
  })

  it('a quarantined record is shown with what it was before a repair, and alone as a file to repair', async () => {
    const detail = { id: 'x', status: 'open', cause: 'line-cut', feed: 'f', bytes: 4, repairs: 1, quarantined: 'q', text: 'what to do', content: 'new\n', original: { content: 'old\n', encoding: 'utf-8' } }
    answer = (_, response) => { response.writeHead(200, { 'content-type': 'application/json' }); response.end(JSON.stringify(detail)) }
    const shown = async (option: string) => (await chorus(`quarantine show x${option}`, { CHORUS_URL: base })).out
    expect(await shown('')).toMatch(/what to do\n\nnew\n\nas it came, before it was repaired:\n\nold\n/)
    expect([await shown(' --content'), await shown(' --original')]).toEqual(['new\n', 'old\n'])
  })

  it('of who accepts and says nothing it is said in time', async () => {
    answer = () => undefined
    await expect(new Client(base, () => Promise.resolve('')).look('/health/ready', { token: false }, 200)).rejects.toMatchObject({ exit: EXIT.unavailable, message: `${base} does not answer within 0.2 s: it may hang. Look at its process and at its log.` })
    answer = (_, response) => { response.writeHead(200); response.write('{') }
    await expect(new Client(base, () => Promise.resolve('')).look('/health/ready', { token: false, signal: new AbortController().signal }, 200)).rejects.toMatchObject({ exit: EXIT.unavailable })
  })

  it.each([['health', /does not answer within 10 s: it may hang/], ['doctor', /does not answer within 10 s: it may hang/], ['log head', /\(process \d+, at http.*\) runs and does not answer: it may hang/]])('%s of a Chorus that hangs says that it does, not that none runs', async (command, words) => {
    answer = () => undefined
    const folder = mkdtempSync(join(tmpdir(), 'chorus-hangs-'))
    const held = holdDataFolder(folder, { startedtime: '2026-03-02T12:00:00.000Z', mode: 'demonstration', version: '0.1.0' })
    held.note({ url: base })
    try {
      const { code, out, err } = await chorus(command, { CHORUS_DATA: folder })
      expect({ code, said: out + err }).toEqual({ code: EXIT.unavailable, said: expect.stringMatching(words) as string })
      expect(out + err).not.toMatch(/o Chorus is running|Start it, or correct/)
    } finally {
      held.release()
      server.closeAllConnections()
      rmSync(folder, { recursive: true })
    }
  }, 30_000)

  it('nobody there is 7, a stranger there is told as such', async () => {
    expect(await chorus('log head', { CHORUS_URL: 'http://127.0.0.1:9' })).toMatchObject({ code: EXIT.unavailable, err: expect.stringContaining('does not answer') })
    answer = (_, response) => { response.writeHead(500); response.end('<html>') }
    expect(await chorus('log head', { CHORUS_URL: base })).toMatchObject({ code: EXIT.unavailable, err: expect.stringContaining('not in the way of a Chorus') })
  })

  it.each([[401, EXIT.refused], [403, EXIT.refused], [409, EXIT.conflict], [422, EXIT.dataErrors], [503, EXIT.unavailable], [500, EXIT.failure]])('status %i exits %i', (status, exit) => {
    expect(errorOfProblem({ type: '/problems/x', title: 'T', status, detail: 'D' }).exit).toBe(exit)
  })

  it.each([[400, EXIT.usage], [404, EXIT.failure], [409, EXIT.conflict], [422, EXIT.refused], [503, EXIT.unavailable]])('status %i with the name of a refusal exits %i', (status, exit) => {
    expect(errorOfProblem({ type: '/problems/x', title: 'T', status, detail: 'D', refused: 'some_rule' }).exit).toBe(exit)
  })

  it('health of nothing is not ready, and starts nothing', async () => {
    const { code, out, err } = await chorus('health')
    expect(code).toBe(EXIT.unavailable)
    expect(err).toContain('No Chorus is running')
    expect(err).not.toContain('starting one')
    expect(out).toBe('')
  })

  it('says of a check that it waits for somebody, though the server is ready', async () => {
    answer = (_, response) => response.end(JSON.stringify({ status: 'ready', checks: [{ name: 'drop folder', ok: true, warn: true, text: 'watched, but one is shut' }], info: { version: 'any' } }))
    expect(await chorus('health', { CHORUS_URL: base })).toMatchObject({ code: EXIT.ok, out: expect.stringMatching(/warn {2}drop folder {2}watched, but one is shut/) })
    expect((await chorus('doctor', { CHORUS_URL: base })).out).toMatch(/warn {2}server .*ready, but \(drop folder: watched, but one is shut\)/)
  })
  it('aligns the checks of health, however long their names are', async () => {
    answer = (_, response) => response.end(JSON.stringify({ status: 'ready', checks: [{ name: 'log', ok: true, text: 'is readable' }, { name: 'a-long-name-of-a-follower', ok: true, text: 'is there' }] }))
    const lines = (await chorus('health', { CHORUS_URL: base })).out.split('\n')
    expect(lines[1]?.indexOf('is readable')).toBe(lines[2]?.indexOf('is there'))
  })

  it.each(['i', '--cause x', 'i --dry-run'])('dead-letters resolve %s asks by which code, and nobody else', async (which) => {
    const { code, out, err } = await chorus(`dead-letters resolve ${which} --reason mended`, { CHORUS_URL: 'http://127.0.0.1:9' })
    expect({ code, out, err }).toEqual({ code: EXIT.usage, out: '', err: expect.stringMatching(/--code: .*DONE_BY_HAND, NO_LONGER_NEEDED, SUPERSEDED, RECORDED_IN_ERROR, CANNOT_BE_WORKED, OTHER/) as string })
  })

  it.each([['quarantine resolve i', '--code: is missing; give one of NOT_OURS'], ['key hold per_x', '--ground: is missing; give one of LITIGATION']])('%s chooses no code by itself', async (command, words) => {
    const { code, err } = await chorus(`${command} --reason mended`, { CHORUS_URL: 'http://127.0.0.1:9' })
    expect([code, err]).toEqual([EXIT.usage, expect.stringContaining(words)])
  })

  it.each([[0, 'no later event of its stream waits', '', 'no later event waits behind it'], [1, '1 later event of its stream waits', ', 1 waits behind', '1 later event waits behind it'], [3, '3 later events of its stream wait', ', 3 wait behind', '3 later events wait behind it']])('says of a dead letter with %i events behind it how many those are', async (waiting, shown, listed, dry) => {
    const letter = { id: 'i', status: 'open', consumer: 'c', topic: 't', stream: 'pchCase-1', revision: 2, type: 'LevelAssigned', eventId: 'e', kind: 'permanent', cause: 'x', since: '2026-03-02T12:00:00Z', attempts: 1, nextTry: null, waiting, text: 'what to do', history: [] }
    answer = (request, response) => response.end(JSON.stringify(request.url!.endsWith('/i') ? letter : { total: 1, groups: [], letters: [letter] }))
    const said = async (line: string) => (await chorus(`dead-letters ${line}`, { CHORUS_URL: base })).out
    expect(await said('show i')).toMatch(new RegExp(`; ${shown}\n`))
    expect(await said('list')).toMatch(new RegExp(`LevelAssigned pchCase-1@2${listed}\n`))
    expect(await said('retry i --dry-run')).toMatch(new RegExp(`; ${dry}\n`))
  })

  it('says since when a record lies in quarantine, and of which file it is', async () => {
    answer = (_, response) => response.end(JSON.stringify({ total: 1, byCause: { 'line-cut': 1 }, records: [{ id: 'i', status: 'open', cause: 'line-cut', feed: 'nibrs-flat-file', firstLine: 7, fileName: 'july.txt', runId: 'r-1', bytes: 1, repairs: 0, quarantined: '2026-03-02T12:00:00.123456Z' }] }))
    expect((await chorus('quarantine list', { CHORUS_URL: base })).out).toMatch(/2026-03-02T12:00Z +line +7 of july\.txt \(run r-1\) +line-cut/)
  })

  it('chorus policy sends the bytes of a file, says case by case what it would change, and ends as scripts expect', async () => {
    const file = join(data, 'levels.yaml')
    writeFileSync(file, 'policyId: kc-ipvi-levels\n')
    const seen: string[] = []
    const report = {
      policyId: 'kc-ipvi-levels', version: '1.2.0', status: 'DRAFT', hash: 'h', against: 'kc-ipvi-levels@1.1.0', obstacle: 'It is not approved.', notice: 'Small counts are shown as they are.', leftOut: 0, values: [{ key: 'lookbackYears', before: '5', after: '3' }],
      cases: { open: 2, withoutBasis: 0 }, incidents: { reported: 3 }, timers: { running: 1 }, incidentChanges: [], timerChanges: [],
      caseChanges: [{ record: 'c-1', from: 'C', to: 'B', assigned: null, direction: 'higher', criteria: [{ level: 'B', part: 'anyOf', criterion: 'ipvArrestOrCharge.atLeast=1', after: 'yes' }] }],
    }
    answer = (request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => { body += chunk.toString() }).on('end', () => {
        seen.push(`${request.method} ${request.url} ${body}`)
        response.end(JSON.stringify(request.url === '/v1/policies/checks' ? report : request.method === 'GET' ? { shown: { version: '1.0.0', status: 'DRAFT', standing: 'HOLDS', approvals: [], activeFrom: [] } } : { ordinal: 9, repeated: false, recordedtime: '2026-03-02T12:00:00Z' }))
      })
    }
    const checked = await chorus(`policy check ${file}`, { CHORUS_URL: base })
    expect(checked.code).toBe(EXIT.ok)
    for (const line of ['lookbackYears: 5 → 3', '2 open, 1 would be proposed otherwise: 1 higher', 'c-1  C → B', 'B anyOf ipvArrestOrCharge.atLeast=1: not there → yes', 'Small counts', 'could not be activated now: It is not approved.']) expect(checked.out).toContain(line)
    const dry = await chorus(`policy activate ${file} --from 2027-01-01 --dry-run`, { CHORUS_URL: base })
    expect([dry.code, dry.out]).toEqual([EXIT.refused, expect.stringContaining('could not be activated from 2027-01-01: It is not approved.')])
    expect(await chorus(`policy activate ${file} --from 2027-01-01 --json`, { CHORUS_URL: base })).toMatchObject({ code: EXIT.ok, out: expect.stringContaining('"schema":"chorus.policy.activate/1"') })
    expect((await chorus(`policy draft ${file} --dry-run`, { CHORUS_URL: base })).out).toContain('nothing was sent')
    expect((await chorus('policy retire kc-ipvi-levels@1.0.0 --dry-run', { CHORUS_URL: base })).code).toBe(EXIT.conflict)
    expect((await chorus('policy retire kc-ipvi-levels', { CHORUS_URL: base })).code).toBe(EXIT.usage)
    expect((await chorus('policy check /nowhere.yaml', { CHORUS_URL: base })).code).toBe(EXIT.usage)
    const text = JSON.stringify({ text: 'policyId: kc-ipvi-levels\n' })
    expect(seen).toEqual([`POST /v1/policies/checks ${text}`, `POST /v1/policies/checks ${text.slice(0, -1)},"activeFrom":"2027-01-01"}`, `POST /v1/policies/activations ${text.slice(0, -1)},"activeFrom":"2027-01-01"}`, 'GET /v1/policies/kc-ipvi-levels?version=1.0.0 '])
  })

  it('names wrong fields line by line', () => {
    expect(errorOfProblem({ type: '/problems/schema-violation', title: 'T', status: 422, detail: 'D', errors: [{ pointer: '/times', rule: 'maximum', detail: 'must be at most 3' }] }).more).toEqual(['  /times: must be at most 3'])
  })

  it('lines are cut where they end, wherever the chunks do', async () => {
    const text = Buffer.from('{"a":"ä"}\n{"b":2}\n')
    for (let at = 0; at <= text.length; at++) {
      const lines: unknown[] = []
      for await (const line of ndjson(Readable.from([text.subarray(0, at), text.subarray(at)].filter((part) => part.length > 0)))) lines.push(line)
      expect(lines).toEqual([{ a: 'ä' }, { b: 2 }])
    }
  })
})

describe('output', () => {
  const outputOf = (tty: boolean, options: object = {}, env: Record<string, string> = {}): { out: Output; err: () => string; tick: (ms: number) => void } => {
    let text = ''
    let now = 0
    const stderr = Object.assign(new PassThrough().on('data', (chunk: Buffer) => { text += chunk.toString() }), { isTTY: tty, columns: 60 })
    return { out: new Output({ stdout: new PassThrough(), stderr, env }, options, () => now), err: () => text, tick: (ms) => { now += ms } }
  }

  it('moves only on a terminal; elsewhere a plain line every 5 s', () => {
    const terminal = outputOf(true)
    terminal.tick(1000); terminal.out.progress('reading', { done: 10, total: 100 })
    expect(terminal.err()).toContain('\r')
    const plain = outputOf(false)
    for (let second = 0; second < 12; second++) { plain.out.progress('reading', { done: second, total: 100 }); plain.tick(1000) }
    expect(plain.err().split('\n').filter(Boolean)).toHaveLength(2)
    expect(plain.err()).not.toMatch(/[\r\x1b]/)
  })

  it.each([[{ color: false }, {}], [{}, { NO_COLOR: '1' }], [{}, { TERM: 'dumb' }]])('is without colour where it is asked for: %j %j', (options, env) => {
    const { out, err } = outputOf(true, options, env as Record<string, string>)
    out.error('wrong')
    expect(err()).toBe('wrong\n')
  })

  it('says errors also when quiet, and nothing else', () => {
    const { out, err, tick } = outputOf(false, { quiet: true })
    out.say('hello'); out.next('npx chorus health'); tick(10_000); out.progress('reading', { done: 1 }); out.error('wrong')
    expect(err()).toBe('wrong\n')
  })

  it('tells done, rate, what is left, and errors', () => {
    expect(progressText({ done: 500, total: 1000, errors: 2, unit: 'lines' }, 1000)).toBe('500/1,000 lines  500/s  1 s left  2 errors')
    expect(progressText({ done: 0 }, 0)).toBe('0')
  })
})
