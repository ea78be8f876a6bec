/** Makes and starts a Nest application: logs, correlation ids, security headers, documentation, orderly stop. */
import { ModulesContainer, NestFactory } from '@nestjs/core'
import type { INestApplication, Type, DynamicModule } from '@nestjs/common'
import type { NestExpressApplication } from '@nestjs/platform-express'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import helmet from 'helmet'
import { Logger, PinoLogger } from 'nestjs-pino'
import type { Vault } from '@chorus/privacy'
import type { Clock } from './clock'
import { Readiness } from './health.controller'
import { serveOpenApi } from './openapi'
import { VAULT } from './providers'
import { requestContext } from './request-context'

export interface ServeOptions {
  readonly host: string
  /** 0: any free port */
  readonly port: number
  readonly clock: Clock
  readonly version: string
}
export interface Served {
  readonly app: INestApplication
  /** http://host:port without a slash at the end */
  readonly address: string
  /** Not ready from now on; requests in hand are finished (10 s at most), then modules are destroyed. Safe to call twice. */
  close(): Promise<void>
}

/** Until the application has its own log: what fails there is thrown, and said once by whoever started it. */
const SILENT = { log: () => undefined, warn: () => undefined, error: () => undefined }
/** What is in hand at stop gets so long, in ms. */
const DRAIN = 10_000
/** Nest's own notes while it wires are of interest to nobody at level info. */
const WIRING = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication'])

class ChorusLogger extends Logger {
  override log(message: unknown, ...optional: unknown[]): void {
    if (WIRING.has(String(optional.at(-1)))) return
    super.log(message, ...optional)
  }
}

/** The vault, where the process has one: it keys the fingerprints of commands. */
const vaultOf = (app: NestExpressApplication): Vault | undefined =>
  // looked for first: an app.get that finds nothing is logged as an error
  [...app.get(ModulesContainer).values()].some(({ providers }) => providers.has(VAULT)) ? app.get<Vault>(VAULT, { strict: false }) : undefined

/** Builds the application of a root module without listening. */
export const createApp = async (root: Type | DynamicModule, options: Pick<ServeOptions, 'clock' | 'version'>): Promise<NestExpressApplication> => {
  const app = await NestFactory.create<NestExpressApplication>(root, { bodyParser: false, logger: SILENT, bufferLogs: true, abortOnError: false })
  app.useLogger(new ChorusLogger(await app.resolve(PinoLogger), {}))
  app.flushLogs()
  app.set('chorus clock', options.clock)
  const vault = vaultOf(app)
  if (vault) app.set('chorus fingerprint', (said: string) => vault.hmac('command', said).toString('hex'))
  app.set('etag', false)
  app.use(requestContext(options.clock))
  // HTTP on one machine, TLS in front of it elsewhere: the browser must not be told to upgrade by itself.
  app.use(helmet({ contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } } }))
  serveOpenApi(app, options.version)
  return app
}

/** Builds the application and listens. */
export const serve = async (root: Type | DynamicModule, options: ServeOptions): Promise<Served> => {
  const app = await createApp(root, options)
  try {
    await app.listen(options.port, options.host)
  } catch (error) {
    await app.close()
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw new Error(`Port ${options.port} on ${options.host} is in use. Stop what listens there, or choose another with CHORUS_PORT.`)
    if ((error as NodeJS.ErrnoException).code === 'EADDRNOTAVAIL') throw new Error(`${options.host} is no address of this machine. Correct CHORUS_HOST (127.0.0.1: this machine alone).`)
    throw error
  }
  const server = app.getHttpServer() as Server
  // A large file may take longer than node's five minutes for a whole request; headers keep their limit.
  server.requestTimeout = 0
  const { address, port, family } = server.address() as AddressInfo
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    app.get(Readiness).stop()
    server.closeIdleConnections()
    const patience = setTimeout(() => server.closeAllConnections(), DRAIN)
    try { await app.close() } finally { clearTimeout(patience) }
  }
  return { app, address: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`, close: () => closing ??= close() }
}
