/** A full disk: data and write-ahead log on a small tmpfs of its own, in a mount namespace that ends with the process. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { generator } from '../../bench/envelopes'
import { dataFolder, newFolder, removeFolder } from './ground'
import { chanceOf, live, PATIENCE_MS, type Kind } from './kinds'
import { holds } from './load'
import { PROCESS, REGISTER } from './service'

const MIB = 1024 * 1024
/** what is put on the disk at first and taken away once it is full */
const BALLAST = 40 * MIB

/** Mounts, fills, and becomes the process of the service. */
const MOUNT = 'mount -t tmpfs -o "size=$1,mode=1777" tmpfs "$2" && cp -a "$3/." "$2" && head -c "$4" /dev/zero > "$2/ballast" && chmod 755 "$2" && shift 4 && exec "$@"'
/** Words for `unshare`; an ordinary user is root in a namespace of his own for as long as mounting takes. */
const inside = (bytes: number, room: string, from: string, command: readonly string[]): string[] => {
  const root = process.getuid?.() === 0
  const itself = root ? [] : ['unshare', '--user', `--map-user=${process.getuid!()}`, `--map-group=${process.getgid!()}`]
  return [...root ? [] : ['--user', '--map-root-user'], '--mount', 'sh', '-c', MOUNT, 'sh', String(bytes), room, from, String(BALLAST), ...itself, ...command]
}

/** 32 kB that PostgreSQL cannot make smaller */
const fill = (seed: number): string => { const make = generator(seed); return Array.from({ length: 900 }, () => make.uuid()).join('') }

const sizeOf = (folder: string): number => Number(spawnSync('du', ['-sb', folder], { encoding: 'utf8' }).stdout.split('\t')[0])

/** Refused appends say so while it is full; once there is room the service goes on by itself. */
export const disk: Kind = async (seed) => {
  const chance = chanceOf(seed, 'disk')
  const from = await dataFolder()
  const folder = newFolder()
  const room = join(folder, 'room')
  mkdirSync(room)
  try {
    spawnSync('cp', ['-a', join(from, 'keys'), folder])
    const bytes = sizeOf(from) + BALLAST + (18 + chance.below(24)) * MIB
    const tried = spawnSync('unshare', inside(bytes, room, from, ['true']), { encoding: 'utf8' })
    if (tried.status !== 0) return { befell: ['nothing'], faults: [`a small disk cannot be mounted here (${tried.error?.message ?? tried.stderr.trim()}): this kind needs Linux, and root or the right to make user namespaces`] }
    const child = spawn('unshare', inside(bytes, room, from, [process.execPath, '-r', REGISTER, PROCESS]), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const job = { folder, data: room, retryMs: 300, settings: { max_wal_size: '32MB', min_wal_size: '32MB' } }
    return await live({ job, child, seed, chance, strikes: 1, padding: fill(seed), strike: async (life) => {
      const [service] = life.services
      const before = life.load.again
      if (!await holds(() => life.load.again > before + 10 || service!.said.length > 0, PATIENCE_MS)) life.faults.push('the disk never was full: the run proves nothing')
      await holds(() => false, chance.below(1000))
      service!.truncate(join(room, 'ballast'), 0)
      return service!.said.length > 0 ? `full (${service!.said.join('; ')})` : 'full'
    } })
  } finally {
    removeFolder(from)
    removeFolder(folder)
  }
}
