/** infra/compose.yaml: a valid compose file, and the one that the services need. It cannot be run here; it can be read. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Ajv from 'ajv'
import { parse } from 'yaml'
import { SERVICES } from '@chorus/contracts'
import { portOf, readServiceSettings } from '@chorus/composition'

interface Container {
  readonly image: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly secrets?: readonly string[]
  readonly volumes?: readonly string[]
  readonly networks?: readonly string[]
  readonly ports?: readonly string[]
  readonly profiles?: readonly string[]
  readonly stop_grace_period?: string
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
}
interface Compose { readonly services: Readonly<Record<string, Container>>; readonly secrets: Readonly<Record<string, { readonly file: string }>>; readonly volumes: object; readonly networks: object }

const text = readFileSync(join(__dirname, 'compose.yaml'), 'utf8')
const compose = parse(text, { merge: true }) as Compose
const containers = Object.entries(compose.services)
const ours = SERVICES.map((service) => [service, compose.services[service]!] as const)

describe('the compose file', () => {
  it('is what the compose specification says a compose file is', () => {
    // the schema as published: its dialect and its ids are older than the validator's
    const { $schema: _, ...schema } = JSON.parse(readFileSync(join(__dirname, 'compose-spec/compose-spec.json'), 'utf8'), (key, value: unknown) => key === 'id' && typeof value === 'string' ? undefined : value) as Record<string, unknown>
    const ajv = new Ajv({ strict: false, allErrors: true })
    ajv.addFormat('duration', /^(\d+(us|ms|s|m|h))+$/)
    ajv.addFormat('ports', /^[\d.:-]+(\/(tcp|udp))?$/)
    ajv.addFormat('expose', /^\d+(-\d+)?(\/(tcp|udp))?$/)
    ajv.addFormat('subnet_ip_address', /^[\da-f.:/]+$/)
    const validate = ajv.compile(schema)
    expect([validate(compose), validate.errors]).toEqual([true, null])
    expect(validate({ services: { a: { image: 'a', depend_on: [] } } })).toBe(false)
  })

  it('keeps the licence of the schema beside it', () => {
    expect(readFileSync(join(__dirname, 'compose-spec/LICENSE'), 'utf8')).toContain('Apache License')
    expect(readFileSync(join(__dirname, 'compose-spec/NOTICE'), 'utf8')).toContain('Compose Specification Authors')
  })

  it('has every service, started by its own main file, on its own port, one image for all', () => {
    for (const [service, { image, build, command, environment, ports }] of ours) {
      expect([service, command]).toEqual([service, [`dist/apps/${service}/src/main.js`]])
      expect(existsSync(join(__dirname, `../apps/${service}/src/main.ts`))).toBe(true)
      expect(environment?.CHORUS_PORT).toBe(String(portOf(service)))
      expect(ports).toEqual([`127.0.0.1:${portOf(service)}:${portOf(service)}`])
      expect([image, build?.dockerfile]).toEqual([compose.services.intake?.image, 'Dockerfile'])
    }
    expect(existsSync(join(__dirname, '../Dockerfile'))).toBe(true)
  })

  it('pins every image by a tag that names a version', () => {
    for (const [name, { image }] of containers) expect([name, image]).toEqual([name, expect.stringMatching(/^[a-z/]+:\d+\.\d+[\w.-]*$/)])
    const from = readFileSync(join(__dirname, '../Dockerfile'), 'utf8').split('\n').filter((line) => line.startsWith('FROM '))
    expect(from.length).toBeGreaterThan(0)
    for (const line of from) expect(line).toMatch(/^FROM node:\d+\.\d+[\w.-]*( AS build)?$/)
  })

  it('asks every container that stays up for its health', () => {
    for (const [name, { healthcheck }] of containers) expect([name, healthcheck?.disable === true || (healthcheck?.test?.length ?? 0) > 1]).toEqual([name, true])
    expect(containers.filter(([, { healthcheck }]) => healthcheck?.disable).map(([name]) => name)).toEqual(['migrate', 'cli'])
    for (const [, { healthcheck }] of ours) expect(healthcheck?.test?.join(' ')).toContain('/health/ready')
  })

  it('carries no password: each comes from a file', () => {
    for (const [name, { environment = {} }] of containers) {
      // the address of a KurrentDB is the starter's to give: the file has none
      for (const [variable, value] of Object.entries(environment)) if (value !== '${CHORUS_LOG_URL:-}' && /PASSWORD|_URL$|_URL_FILE$|SECRET/.test(variable) && !variable.startsWith('CHORUS_URL')) expect([name, variable, value]).toEqual([name, expect.stringMatching(/_FILE$/), expect.stringMatching(/^\/run\/secrets\/\w+$/)])
    }
    expect(text).not.toMatch(/postgres(ql)?:\/\//)
    expect(readFileSync(join(__dirname, '../.gitignore'), 'utf8')).toContain('infra/secrets/')
  })

  it('gives the right to own tables to the migration alone, beside the server that makes the role, and keys to all but the relay', () => {
    expect(containers.filter(([, { secrets = [] }]) => secrets.includes('database_owner_url')).map(([name]) => name)).toEqual(['postgres', 'migrate'])
    expect(ours.filter(([, { volumes = [] }]) => !volumes.includes('keys:/var/lib/chorus')).map(([service]) => service)).toEqual(['relay'])
  })

  it('lets each service log in as its own role, and no other', () => {
    for (const [service, { secrets = [], environment }] of ours) expect([service, secrets, environment?.DATABASE_URL_FILE]).toEqual([service, [`database_url_${service}`], `/run/secrets/database_url_${service}`])
    const roles = readFileSync(join(__dirname, 'compose/roles.sh'), 'utf8')
    for (const [service] of ours) expect(roles).toMatch(new RegExp(`\\b${service}\\b`))
  })

  it('keeps the signed checkpoints on a volume of operations alone, apart from keys and database', () => {
    const folder = compose.services.operations?.environment?.CHORUS_CHECKPOINTS ?? ''
    expect(containers.filter(([, { volumes = [] }]) => volumes.some((volume) => volume.startsWith('checkpoints:'))).map(([name, { volumes }]) => [name, volumes])).toEqual([['operations', ['keys:/var/lib/chorus', `checkpoints:${folder}`]]])
    expect(readFileSync(join(__dirname, '../Dockerfile'), 'utf8')).toMatch(new RegExp(`^RUN install -d -o node .* ${folder}$`, 'm'))
  })

  it('says how the checkpoints of an older installation come to that volume, as the runbook does', () => {
    const dockerfile = readFileSync(join(__dirname, '../Dockerfile'), 'utf8')
    const before = `${/CHORUS_DATA=(\S+)/.exec(dockerfile)?.[1]}/checkpoints/.`
    const now = `${compose.services.operations?.environment?.CHORUS_CHECKPOINTS}/`
    expect(text).toContain(`--entrypoint cp operations -a ${before} ${now}\n`)
    const runbook = readFileSync(join(__dirname, '../docs/runbooks/tampering.md'), 'utf8')
    for (const folder of [before, now]) expect(runbook).toContain(`\`${folder}\``)
  })

  it('gives the watched folder to intake alone, on a volume: what agencies put there outlives a container', () => {
    const { environment = {}, volumes = [] } = compose.services.intake!
    expect(volumes).toContain(`drop:${(environment as { CHORUS_DROP?: string }).CHORUS_DROP}`)
    expect(containers.filter(([, other]) => other.volumes?.some((volume) => volume.startsWith('drop:'))).map(([service]) => service)).toEqual(['intake'])
  })

  it('names only secrets, volumes, networks and containers that it has', () => {
    for (const [name, { secrets = [], volumes = [], networks = [], depends_on: after = {} }] of containers) {
      const named = volumes.map((volume) => volume.split(':')[0] ?? '').filter((source) => !source.startsWith('.'))
      const missing = [...secrets.filter((secret) => !(secret in compose.secrets)), ...named.filter((volume) => !(volume in compose.volumes)), ...networks.filter((network) => !(network in compose.networks)), ...Object.keys(after).filter((other) => !(other in compose.services))]
      expect([name, missing]).toEqual([name, []])
      for (const source of volumes.map((volume) => volume.split(':')[0] ?? '').filter((path) => path.startsWith('.'))) expect(existsSync(join(__dirname, source))).toBe(true)
    }
  })

  it('has the secrets that the program beside it makes, and no others', () => {
    const maker = readFileSync(join(__dirname, 'compose/make-secrets.mjs'), 'utf8')
    expect([...maker.matchAll(/once\('(\w+)'/g)].map(([, name]) => name).sort()).toEqual(Object.keys(compose.secrets).sort())
    for (const [name, { file }] of Object.entries(compose.secrets)) expect(file).toBe(`./secrets/${name}`)
  })

  it('gives our containers only settings that README tells of', () => {
    const readme = readFileSync(join(__dirname, '../README.md'), 'utf8')
    const rows = readme.split('\n').filter((line) => /^\| `[A-Z]+_/.test(line)).map((line) => line.split('|')[1] ?? '')
    // a cell may name several: `KAFKA_TLS_CA`, `_CERT`, `_KEY`
    const told = rows.flatMap((cell) => { const [first = '', ...more] = [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name); return [first, ...more.map((name) => name.startsWith('_') ? first.slice(0, first.lastIndexOf('_')) + name : name)] })
    const secrets = [...(/A secret may come from a file: ([^.]+)\./.exec(readme)?.[1] ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name)
    const known = new Set([...told, ...secrets, ...SERVICES.map((service) => `CHORUS_URL_${service.toUpperCase()}`), 'CHORUS_URL', 'NODE_ENV'])
    const dockerfile = readFileSync(join(__dirname, '../Dockerfile'), 'utf8')
    const inImage = [...(/^ENV (.+)$/m.exec(dockerfile)?.[1] ?? '').matchAll(/([A-Z_]+)=/g)].map(([, name = '']) => name)
    expect(told.length).toBeGreaterThan(15)
    for (const [name, { image, environment = {} }] of containers) if (image === compose.services.intake?.image) expect([name, [...Object.keys(environment), ...inImage].filter((variable) => !known.has(variable))]).toEqual([name, []])
    for (const [name, { environment = {} }] of containers) if (name === 'cli') expect(Object.keys(environment).filter((variable) => variable.startsWith('CHORUS_URL_')).sort()).toEqual(SERVICES.map((service) => `CHORUS_URL_${service.toUpperCase()}`).sort())
  })

  it('leads the services to the broker and the database by the names and ports that these have', () => {
    expect(compose.services.kafka?.environment?.KAFKA_ADVERTISED_LISTENERS).toBe(`PLAINTEXT://${ours[0]![1].environment?.KAFKA_BROKERS ?? ''}`)
    expect(compose.services.kafka?.healthcheck?.test).toContain('127.0.0.1:9092')
    expect(readFileSync(join(__dirname, 'compose/make-secrets.mjs'), 'utf8')).toContain('@postgres:5432/chorus')
    expect(compose.services.postgres?.environment?.POSTGRES_DB).toBe('chorus')
    for (const service of SERVICES) expect(compose.services.cli?.environment?.[`CHORUS_URL_${service.toUpperCase()}`]).toBe(`http://${service}:${portOf(service)}`)
    // run, not sourced: its `set -eu` would end the server's own start
    expect(statSync(join(__dirname, 'compose/roles.sh')).mode & 0o111).toBe(0o111)
  })

  it('waits longer for a service to stop than the service takes', () => {
    const seconds = (text: string): number => Number(/^(\d+)s$/.exec(text)?.[1])
    const longest = Number(/const STOP_MS = ([\d_]+)/.exec(readFileSync(join(__dirname, 'setup/services.mjs'), 'utf8'))?.[1]?.replaceAll('_', '')) / 1000
    for (const [, { stop_grace_period: grace = '' }] of ours) expect(seconds(grace)).toBeGreaterThanOrEqual(longest)
  })

  it('migrates with a command that the command line has', () => {
    const [main = '', name = ''] = compose.services.migrate?.command ?? []
    expect(existsSync(join(__dirname, '..', main.replace(/^dist/, '').replace(/\.js$/, '.ts')))).toBe(true)
    expect(existsSync(join(__dirname, `../apps/cli/src/commands/${name}.ts`))).toBe(true)
  })

  it('starts KurrentDB in a profile only: without CHORUS_LOG_URL the log is in PostgreSQL', () => {
    expect(compose.services.kurrentdb?.profiles).toEqual(['kurrentdb'])
    expect(containers.filter(([, { depends_on: after = {} }]) => 'kurrentdb' in after)).toEqual([])
  })

  it.each(ours)('%s can start with what it is given', (service, { environment = {} }) => {
    const given = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value.replace(/^\$\{\w+:-(.*)\}$/, '$1')]))
    const { DATABASE_URL_FILE: _, ...rest } = given
    const settings = readServiceSettings(service, { ...rest, DATABASE_URL: 'postgres://chorus_app:word@postgres:5432/chorus' }, '/app')
    expect(settings).toMatchObject({ port: portOf(service), mode: 'demonstration', kafka: { brokers: ['kafka:9092'], clientId: `chorus-${service}` } })
  })
})

describe('the image', () => {
  const dockerfile = readFileSync(join(__dirname, '../Dockerfile'), 'utf8')
  const ignored = readFileSync(join(__dirname, '../.dockerignore'), 'utf8')

  it('has the policies of every app that has some, and the migrations', () => {
    const folders = readdirSync(join(__dirname, '../apps')).filter((app) => existsSync(join(__dirname, '../apps', app, 'policies'))).map((app) => `apps/${app}/policies`)
    expect(folders.length).toBeGreaterThan(0)
    for (const folder of [...folders, 'infra/postgres/migrations', 'samples']) expect(dockerfile).toContain(`COPY ${folder} ${folder}`)
  })

  it('copies only what is there and not left out', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '))
    expect(copied.length).toBeGreaterThan(5)
    for (const source of copied) {
      expect([source, existsSync(join(__dirname, '..', source))]).toEqual([source, true])
      expect([source, ignored.split('\n').some((line) => line.startsWith('!') && (source === line.slice(1) || source.startsWith(`${line.slice(1)}/`)))]).toEqual([source, true])
    }
  })

  it('has the tool that a key service is spoken to with', () => {
    expect(readFileSync(join(__dirname, '../README.md'), 'utf8')).toContain('needs the package `opensc`')
    expect(dockerfile.slice(dockerfile.lastIndexOf('FROM '))).toMatch(/apt-get install -y --no-install-recommends opensc\b/)
  })

  it('does not run as root, and is told to stop directly', () => {
    expect(dockerfile).toMatch(/^USER node$/m)
    expect(dockerfile).toMatch(/^ENTRYPOINT \["node"\]$/m)
  })
})
