/**
 * A real key service for tests: SoftHSM 2, with a token of its own. Installed where it is missing, as root with apt-get;
 * CHORUS_INSTALL=0 forbids that. It is never left out: without it the suite fails and says what to do.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pkcs11Service, ServiceSeal, type Pkcs11Settings } from '@chorus/privacy'

const MODULES = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/pkcs11/libsofthsm2.so', '/usr/lib64/softhsm/libsofthsm2.so', '/opt/homebrew/lib/softhsm/libsofthsm2.so', '/usr/local/lib/softhsm/libsofthsm2.so']
const HOW = 'install SoftHSM 2 and OpenSC, for example "sudo apt-get install softhsm2 opensc" on Debian and Ubuntu, "brew install softhsm opensc" on macOS'

const runs = (program: string, args: readonly string[]): boolean => spawnSync(program, args, { stdio: 'ignore' }).error === undefined
const found = (): string | undefined => runs('softhsm2-util', ['--version']) && runs('pkcs11-tool', ['--help']) ? MODULES.find(existsSync) : undefined

const install = (): void => {
  const apt = (...words: string[]) => spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...words], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, encoding: 'utf8' })
  const wanted = ['install', '-y', '-q', '--no-install-recommends', 'softhsm2', 'opensc']
  if (apt(...wanted).status === 0) return
  // a fresh container has no lists of packages
  apt('update', '-q')
  const result = apt(...wanted)
  if (result.status !== 0) throw new Error(`apt-get install softhsm2 opensc failed:\n${(result.stdout + result.stderr).trimEnd().split('\n').slice(-6).join('\n')}`)
}

/** The PKCS#11 library of SoftHSM. Throws where it is not there and may not be installed. */
const softHsm = (): string => {
  const there = found()
  if (there !== undefined) return there
  const mayInstall = process.env.CHORUS_INSTALL !== '0' && process.getuid?.() === 0 && runs('apt-get', ['--version'])
  if (!mayInstall) throw new Error(`the key service is tested against a real one, and there is none here: ${HOW}${process.env.CHORUS_INSTALL === '0' ? ' (CHORUS_INSTALL=0 forbids to install it)' : ''}`)
  install()
  const module = found()
  if (module === undefined) throw new Error(`SoftHSM was installed and is not found: ${HOW}`)
  return module
}

export interface TestKeyService {
  readonly settings: Pkcs11Settings
  readonly uri: string
  readonly service: Pkcs11Service
  readonly seal: ServiceSeal
  /** its token is gone, as a module that was unplugged; and back */
  unplug(): void
  plugIn(): void
  remove(): void
}

/** A token with one wrapping key, for this process: SoftHSM finds it by the environment. */
export const startSoftHsm = async (): Promise<TestKeyService> => {
  const module = softHsm()
  const folder = mkdtempSync(join(tmpdir(), 'chorus-hsm-'))
  const tokens = join(folder, 'tokens')
  mkdirSync(tokens)
  writeFileSync(join(folder, 'softhsm2.conf'), `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`)
  process.env.SOFTHSM2_CONF = join(folder, 'softhsm2.conf')
  execFileSync('softhsm2-util', ['--init-token', '--free', '--label', 'city', '--so-pin', '87654321', '--pin', '2468'], { stdio: 'ignore', env: process.env })
  const settings = { module, token: 'city', object: 'chorus', pin: '2468' }
  const service = new Pkcs11Service(settings, { pausesMs: [20, 50] })
  await service.make()
  return {
    settings, service, seal: new ServiceSeal(service), uri: `pkcs11:token=city;object=chorus?module-path=${module}`,
    unplug: () => { renameSync(tokens, `${tokens}.away`); mkdirSync(tokens) },
    plugIn: () => { rmSync(tokens, { recursive: true }); renameSync(`${tokens}.away`, tokens) },
    remove: () => { delete process.env.SOFTHSM2_CONF; rmSync(folder, { recursive: true, force: true }) },
  }
}
