/** The settings that the code reads, and those that README tells of: the same. */
import { SERVICES } from '@chorus/contracts'
import { CHORUS_NAMES } from '../../libs/platform/src/misspelt'
import { filesBelow, textOf } from './tree'

const SETTING = /\b(?:CHORUS|KAFKA|DATABASE)_[A-Z][A-Z_]*\b/g

/** Names of that form that nobody is to set. */
const NO_SETTINGS: Readonly<Record<string, string>> = {
  DATABASE_ROLES: 'the roles themselves', KAFKA_VERSION: 'the version of our own broker', KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: 'told to a broker in a container',
  CHORUS_TOKEN_PIN: 'handed on to pkcs11-tool', CHORUS_REAL_DATA: 'of the tests alone: CONTRIBUTING', KAFKA_ACLS: 'of the script acls.sh, whose head tells of it',
}
const product = filesBelow('apps', 'libs', 'bin', 'infra/setup', 'infra/kafka', 'samples').filter((path) => /\.(ts|m?js)$/.test(path) && !path.endsWith('/misspelt.ts') && !/\.spec\.ts$|\/testing\//.test(path))
const read = new Set(product.flatMap((path) => textOf(path).match(SETTING) ?? []))

/** A cell may name several: `KAFKA_TLS_CA`, `_CERT`, `_KEY` */
const namesIn = (words: string): string[] => {
  const [first = '', ...more] = [...words.matchAll(/`([A-Z][A-Z_]+|_[A-Z]+)(?:=[^`]*)?`/g)].map(([, name = '']) => name)
  return [first, ...more.map((name) => (name.startsWith('_') ? first.slice(0, first.lastIndexOf('_')) + name : name))]
}
const readme = textOf('README.md')
const rows = [...readme.split('\n'), ...textOf('infra/kafka/README.md').split('\n')].filter((line) => /^\| `[A-Z]+_/.test(line))
const told = new Set([
  ...rows.flatMap((line) => namesIn(line.split('|')[1] ?? '')),
  ...namesIn(/A secret may come from a file: ([^.]+)\./.exec(readme)![1]!),
  ...readme.match(/`(CHORUS_(?:URL|TOKEN_FILE))`/g)!.map((name) => name.slice(1, -1)),
  ...textOf('infra/kafka/README.md').match(/`(CHORUS_(?:CACHE|INSTALL))/g)!.map((name) => name.slice(1)),
])

describe('settings', () => {
  it('are found in the code and in README', () => {
    expect(read.size).toBeGreaterThan(30)
    expect(told.size).toBeGreaterThan(30)
  })
  it('that the code reads are told of', () => {
    const covered = (name: string): boolean => told.has(name) || name in NO_SETTINGS || name === 'CHORUS_URL_' || SERVICES.some((service) => name === `CHORUS_URL_${service.toUpperCase()}`)
    expect([...read].filter((name) => !covered(name))).toEqual([])
  })
  it('that README tells of are read', () => {
    // made of its name and _FILE
    expect([...told].filter((name) => !read.has(name) && !read.has(name.replace(/_FILE$/, '')))).toEqual([])
  })
  it('are known by name where one that is nearly one is told of', () => {
    expect([...CHORUS_NAMES].sort()).toEqual([...read, ...told].filter((name, at, all) => /^CHORUS_/.test(name) && !name.startsWith('CHORUS_URL_') && all.indexOf(name) === at).sort())
  })
  it('that are none are named by the code, and not by README', () => {
    for (const name of Object.keys(NO_SETTINGS)) expect([name, read.has(name), told.has(name)]).toEqual([name, true, false])
  })
})

it('README says of each service whether it consumes from Kafka', () => {
  const table = readme.split('\n').filter((line) => /^\| \w+ \| .*`apps\/\w+\/src\/main\.ts`/.test(line)).map((line) => line.split('|').map((cell) => cell.trim()))
  expect(table.map(([, service]) => service)).toEqual([...SERVICES])
  const consumes = SERVICES.filter((service) => filesBelow(`apps/${service}`).some((path) => !path.endsWith('.spec.ts') && path.endsWith('.ts') && /new Consumer\(/.test(textOf(path))))
  expect(table.filter(([, , , , , , kafka]) => kafka === 'consumes').map(([, service]) => service)).toEqual(consumes)
})
