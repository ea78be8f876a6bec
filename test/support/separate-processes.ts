/** Every service as a process of its own, over a real broker: the distributed form, on a database and a data folder of its own. */
import { fork, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SERVICES, type Service } from '@chorus/contracts'
import { demonstrationKey, issueToken, repositoryRoot, serviceLogins, systemClock } from '@chorus/platform'
import { freshDatabase } from './database'
import { AGENCY_OF } from './chorus'
import type { Program } from './thread'

export interface SeparateProcesses extends Program {
  readonly appUrl: string
  readonly data: string
  /** of this installation's topics and groups at the broker */
  readonly prefix: string
  start(service: Service): Promise<void>
  /** SIGKILL: a power cut */
  kill(service: Service): Promise<void>
  /** SIGTERM; resolves to the exit code */
  stop(service: Service): Promise<number | null>
  close(): Promise<void>
}

/** @param brokers host:port list; the topics get a prefix of their own @param services those that are started; default all @param more further settings, as environment variables */
export async function startSeparateProcesses(brokers: string, services: readonly Service[] = SERVICES, more: Readonly<Record<string, string>> = {}): Promise<SeparateProcesses> {
  const database = await freshDatabase()
  const data = mkdtempSync(join(tmpdir(), 'chorus-separate-'))
  chmodSync(data, 0o711)
  await demonstrationKey(data)
  const prefix = `s-${randomUUID().slice(0, 8)}.`
  const running = new Map<Service, { readonly child: ChildProcess; readonly address: string; readonly ended: Promise<number | null> }>()
  const logins = await serviceLogins(database.ownerUrl)
  const env = { ...process.env, CHORUS_DATA: data, CHORUS_PORT: '0', KAFKA_BROKERS: brokers, KAFKA_PREFIX: prefix, CHORUS_LOG_LEVEL: 'warn', ...more }
  const start = async (service: Service): Promise<void> => {
    const said: string[] = []
    const child = fork(join(repositoryRoot(), 'apps', service, 'src/main.ts'), [], { env: { ...env, DATABASE_URL: logins[service] }, execArgv: ['-r', join(__dirname, 'register.js')], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => { said.push(chunk.toString()); if (said.length > 200) said.shift() })
    const ended = new Promise<number | null>((resolve) => { child.once('exit', (code) => resolve(code)) })
    const address = await new Promise<string>((resolve, reject) => {
      child.on('message', (message: { address?: string }) => { if (message.address) resolve(message.address) })
      void ended.then((code) => reject(new Error(`${service} ended with code ${String(code)} before it served:\n${said.join('')}`)))
    })
    running.set(service, { child, address, ended })
  }
  const end = async (service: Service, signal: NodeJS.Signals): Promise<number | null> => {
    const one = running.get(service)
    if (!one) return null
    running.delete(service)
    one.child.kill(signal)
    return one.ended
  }
  const close = async (): Promise<void> => {
    await Promise.all(SERVICES.map((service) => end(service, 'SIGTERM')))
    await database.drop()
    rmSync(data, { recursive: true, force: true })
  }
  try {
    await Promise.all(services.map(start))
  } catch (error) {
    await close()
    throw error
  }
  return {
    appUrl: database.appUrl, data, prefix, start, close,
    addressOf: (service) => running.get(service)!.address,
    bearer: async (role, agency = AGENCY_OF[role], claims = {}) => `Bearer ${await issueToken(data, systemClock, { role, agency, claims })}`,
    kill: async (service) => { await end(service, 'SIGKILL') },
    stop: (service) => end(service, 'SIGTERM'),
  }
}
