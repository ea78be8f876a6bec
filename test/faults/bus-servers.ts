/** What the bus fault suite may kill: a broker and a PostgreSQL of its own. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '../../libs/platform/src/embedded-postgres'
import { BROKER_SETTINGS, busUnderFaults, type BusReport, type BusRun, type MortalBroker } from './bus'

// plain JavaScript, shared with the set-up
const { startOwnBroker } = require('../../infra/kafka/broker.js') as { startOwnBroker(options: { folder: string; say?: (line: string) => void; settings?: object }): Promise<MortalBroker> }

export interface BusServers { readonly broker: MortalBroker; stop(): Promise<void> }

/** Starts both; CHORUS_TEST_POSTGRES names the PostgreSQL from then on. */
export async function startBusServers(say: (line: string) => void = () => undefined): Promise<BusServers> {
  const folder = await mkdtemp(join(tmpdir(), 'chorus-bus-faults-'))
  await chmod(folder, 0o755)
  const postgres = await startEmbeddedPostgres({ folder, settings: { max_connections: '300' } })
  const named = process.env.CHORUS_TEST_POSTGRES
  const stopPostgres = async (): Promise<void> => {
    if (named === undefined) delete process.env.CHORUS_TEST_POSTGRES
    else process.env.CHORUS_TEST_POSTGRES = named
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
  process.env.CHORUS_TEST_POSTGRES = postgres.adminUrl
  try {
    const broker = await startOwnBroker({ folder: join(folder, 'kafka'), say, settings: BROKER_SETTINGS })
    return { broker, stop: async () => { await broker.stop(); await stopPostgres() } }
  } catch (error) {
    await stopPostgres()
    throw error
  }
}

let servers: Promise<BusServers> | undefined
/** One run of the suite; the servers of the first run serve the later ones too, and end with the process. */
export async function busWithItsOwn(run: Omit<BusRun, 'broker' | 'mayCrashStore'>): Promise<BusReport> {
  servers ??= startBusServers((line) => console.error(line))
  return busUnderFaults({ ...run, broker: (await servers).broker, mayCrashStore: true })
}
export const stopServers = async (): Promise<void> => { await (await servers)?.stop(); servers = undefined }
