/**
 * A key service that speaks PKCS#11: a hardware module, or a cloud's key service through its maker's library. The library
 * is loaded by OpenSC's pkcs11-tool, a process of its own for each call: one that hangs or crashes is ended, and this
 * process goes on. The wrapping key is an AES key that may not be extracted.
 */
import { randomBytes } from 'node:crypto'
import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { VaultRefused } from './key-folder'
import { KeyServiceAway, type KeyService } from './key-service'

/** Where the wrapping key is, as its PKCS#11 URI (RFC 7512) says, and the PIN of whoever uses it. */
export interface Pkcs11Settings { readonly module: string; readonly token: string; readonly object: string; readonly pin: string }

const EXAMPLE = 'pkcs11:token=city;object=chorus?module-path=/usr/lib/softhsm/libsofthsm2.so'

/** Reads `pkcs11:token=…;object=…?module-path=…`; a sentence that says what is wrong with it otherwise. */
export const readPkcs11Uri = (uri: string): Omit<Pkcs11Settings, 'pin'> | string => {
  const [, path, query = ''] = /^pkcs11:([^?]*)(?:\?(.*))?$/.exec(uri) ?? []
  if (path === undefined) return `is no PKCS#11 URI; give for example ${EXAMPLE}`
  const said = new Map<string, string>()
  for (const part of [...path.split(';'), ...query.split('&')].filter(each => each !== '')) {
    const at = part.indexOf('=')
    const name = at < 0 ? part : part.slice(0, at)
    if (name.startsWith('pin-')) return 'holds a PIN, or where it is; give the PIN in CHORUS_KEY_SERVICE_PIN or the path of its file in CHORUS_KEY_SERVICE_PIN_FILE'
    if (!['token', 'object', 'module-path', 'type'].includes(name)) return `says more than token, object and module-path; give for example ${EXAMPLE}`
    try { said.set(name, decodeURIComponent(part.slice(at + 1))) } catch { return 'is not percent-encoded as a URI is' }
  }
  const [token, object, module] = ['token', 'object', 'module-path'].map(name => said.get(name) ?? '')
  if (!token) return `names no token; give for example ${EXAMPLE}`
  if (!object) return `names no object, the wrapping key; give for example ${EXAMPLE}`
  if (!module?.startsWith('/')) return `names no module-path, the absolute path of the service's PKCS#11 library; give for example ${EXAMPLE}`
  return { token, object, module }
}

const MECHANISM = 'AES-CBC-PAD'
const IV = 16
const TIMEOUT_MS = 5000
/** Before the second try and the third. */
const PAUSES_MS = [200, 1000]
/** What no second try mends; a wrong PIN tried again locks the token. */
const WRONG: readonly (readonly [RegExp, string])[] = [
  [/CKR_PIN_LOCKED/, 'the token is locked after too many wrong PINs: its security officer unlocks it'],
  [/CKR_PIN_|CKR_USER_PIN/, 'the PIN is not the token\'s: correct CHORUS_KEY_SERVICE_PIN. It is not tried again, since a token locks itself after some wrong ones'],
  [/Failed to load pkcs11 module/, 'the library of module-path cannot be loaded: correct CHORUS_KEY_SERVICE, or install the library of the service\'s maker'],
  [/illegal or not supported/, `the token has no ${MECHANISM}: choose one that has`],
]

interface Answer { readonly code: number; readonly out: Buffer; readonly said: string }

export class Pkcs11Service implements KeyService {
  readonly name: string
  constructor(private readonly settings: Pkcs11Settings, private readonly limits: { readonly timeoutMs?: number; readonly pausesMs?: readonly number[]; readonly tool?: string } = {}) {
    this.name = `key service (PKCS#11, token ${settings.token}, key ${settings.object})`
  }

  async keys(patience?: number): Promise<string[]> {
    const { out } = await this.ask(['--list-objects', '--type', 'secrkey'], undefined, patience)
    const ids = out.toString().split(/^(?=\S)/m).flatMap(object => {
      const of = (field: string): string | undefined => new RegExp(`^ +${field}: +(.*)$`, 'm').exec(object)?.[1]?.trim()
      return of('label') === this.settings.object && /^[0-9a-f]+$/i.test(of('ID') ?? '') ? [of('ID')!.toLowerCase()] : []
    })
    return ids.sort((a, b) => Number(BigInt(`0x${a}`) - BigInt(`0x${b}`) > 0n) - Number(BigInt(`0x${a}`) - BigInt(`0x${b}`) < 0n))
  }

  async wrap(id: string, dataKey: Uint8Array): Promise<string> {
    const iv = randomBytes(IV)
    const { out } = await this.ask(['--encrypt', '--mechanism', MECHANISM, '--id', id, '--iv', iv.toString('hex')], dataKey)
    return Buffer.concat([iv, out]).toString('base64url')
  }

  async unwrap(id: string, wrapped: string): Promise<Buffer | undefined> {
    const bytes = Buffer.from(wrapped, 'base64url')
    if (bytes.length <= IV || !/^([0-9a-f]{2})+$/.test(id)) return undefined
    try {
      const { out } = await this.ask(['--decrypt', '--mechanism', MECHANISM, '--id', id, '--iv', bytes.subarray(0, IV).toString('hex')], bytes.subarray(IV), undefined, id)
      return out
    } catch (error) {
      // What does not decrypt fails under another code with each maker: a service that answers otherwise is not away.
      if (!(error instanceof KeyServiceAway)) throw error
      await this.keys(this.limits.timeoutMs ?? TIMEOUT_MS)
      return undefined
    }
  }

  async make(): Promise<string> {
    // A count, so that it is the highest, and a random part, so that no other token has a key of this id.
    const before = BigInt(`0x${(await this.keys()).at(-1) ?? '0'}`)
    const count = before >> 64n
    const id = `${(count + 1n).toString(16).padStart(8, '0')}${randomBytes(8).toString('hex')}`
    await this.ask(['--keygen', '--key-type', 'AES:32', '--label', this.settings.object, '--id', id.length % 2 === 0 ? id : `0${id}`, '--sensitive', '--private', '--usage-decrypt'])
    return id.length % 2 === 0 ? id : `0${id}`
  }

  async drop(id: string): Promise<void> { await this.ask(['--delete-object', '--type', 'secrkey', '--id', id]) }

  /** Tries again what may pass. `patience`: ms for one try and no other. `id`: of the key that is used. */
  private async ask(words: readonly string[], input?: Uint8Array, patience?: number, id?: string): Promise<Answer> {
    for (let attempt = 0; ; attempt++) {
      const answer = await this.run(words, input, patience ?? this.limits.timeoutMs ?? TIMEOUT_MS)
      if (typeof answer !== 'string') {
        if (answer.code === 0) return answer
        const wrong = WRONG.find(([pattern]) => pattern.test(answer.said))
        if (wrong) throw new VaultRefused('key-service', `${this.name}: ${wrong[1]}`)
        if (/key not found/.test(answer.said)) throw new VaultRefused('key-service', `${this.name}: wrapping key ${id ?? ''} is not there. It was removed from the service, or CHORUS_KEY_SERVICE names another token: what it sealed opens with it alone`)
      }
      const why = typeof answer === 'string' ? answer : whyOf(answer.said)
      const pause = patience === undefined ? (this.limits.pausesMs ?? PAUSES_MS)[attempt] : undefined
      if (pause === undefined) throw new KeyServiceAway(this.name, why)
      await delay(pause)
    }
  }

  /** A sentence where it did not come to its end in time. */
  private run(words: readonly string[], input: Uint8Array | undefined, timeoutMs: number): Promise<Answer | string> {
    const { module, token, pin } = this.settings
    return new Promise((resolve, reject) => {
      const child = spawn(this.limits.tool ?? 'pkcs11-tool', ['--module', module, '--token-label', token, '--login', '--pin', 'env:CHORUS_TOKEN_PIN', ...words], { env: { ...withoutOurs(process.env), CHORUS_TOKEN_PIN: pin }, stdio: ['pipe', 'pipe', 'pipe'] })
      const out: Buffer[] = []
      const said: Buffer[] = []
      let late = false
      const timer = setTimeout(() => { late = true; child.kill('SIGKILL'); child.stdout.destroy(); child.stderr.destroy() }, timeoutMs)
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
      child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
      child.stdin.on('error', () => undefined) // it ended before it read: its exit code says why
      child.on('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(timer)
        if (error.code !== 'ENOENT' && error.code !== 'EACCES') { resolve(`pkcs11-tool cannot be started (${error.code ?? 'unknown cause'})`); return }
        reject(new VaultRefused('key-service', `${this.name}: the program pkcs11-tool is missing. Install the package opensc, for example "sudo apt-get install opensc"`))
      })
      child.on('close', code => { clearTimeout(timer); resolve(late ? `no answer within ${timeoutMs / 1000} s` : { code: code ?? 1, out: Buffer.concat(out), said: Buffer.concat(said).toString() }) })
      child.stdin.end(input)
    })
  }
}

/** The service's library needs its own variables, and none of ours: some hold passwords. */
const withoutOurs = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => Object.fromEntries(Object.entries(env).filter(([name]) => !/^(CHORUS_|DATABASE_|KAFKA_)/.test(name)))

/** PKCS#11's own code, else the last line that means something. */
const whyOf = (said: string): string => /CKR_\w+/.exec(said.replace(/^warning:.*$/gm, ''))?.[0] ?? said.split('\n').map(line => line.trim()).filter(line => line !== '' && !/^(warning:|Aborting|Using )/.test(line)).at(-1) ?? 'no reason given'
