import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { KafkaRefused, prepareBroker, startOwnBroker, useBroker } from './broker'

/** A folder that is the whole PATH: programs are what a test puts there. */
let box: string
let env: Record<string, string>
let said: string[]
const say = (line: string): void => { said.push(line) }
const program = (name: string, script: string): void => writeFileSync(join(box, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
const java = (version = '17.0.1'): void => program('java', `echo 'openjdk version "${version}"' >&2`)
const MAVEN = 'case "$1" in --version) exit 0;; esac; for word in "$@"; do case "$word" in -DoutputDirectory=*) echo jar > "${word#-DoutputDirectory=}/kafka.jar";; esac; done; echo fetched >> "$FETCHES"'
const refusal = async (): Promise<string> => prepareBroker({ env, say }).then(() => 'not refused', (error: Error) => { expect(error).toBeInstanceOf(KafkaRefused); return error.message })

beforeEach(() => {
  box = mkdtempSync(join(tmpdir(), 'chorus-way-'))
  mkdirSync(join(box, 'bin'))
  env = { PATH: join(box, 'bin'), CHORUS_CACHE: join(box, 'cache'), CHORUS_INSTALL: '0', FETCHES: join(box, 'fetches') }
  said = []
})
afterEach(() => rmSync(box, { recursive: true, force: true }))

describe('a broker for tests', () => {
  it('is of one version everywhere', () => {
    const [, version] = /<artifactId>kafka_2.13<\/artifactId>\s*<version>([^<]+)</.exec(readFileSync(join(__dirname, 'pom.xml'), 'utf8'))!
    expect(readFileSync(join(__dirname, 'jars.js'), 'utf8')).toContain(`KAFKA_VERSION = '${version}'`)
    expect(readFileSync(join(__dirname, '..', 'compose.yaml'), 'utf8')).toContain(`apache/kafka:${version}`)
  })

  it('is the one of KAFKA_BROKERS where that is set, and nothing is looked for', async () => {
    const broker = await useBroker({ folder: box, env: { ...env, KAFKA_BROKERS: 'kafka-1.example:9092' }, say })
    expect(broker).toMatchObject({ brokers: 'kafka-1.example:9092', own: false })
    await broker.stop()
    expect(said).toEqual(['Kafka: the broker of KAFKA_BROKERS (kafka-1.example:9092)'])
  })

  it('is fetched once, into a cache outside the checkout; a second time needs no Maven', async () => {
    java()
    program('mvn', MAVEN)
    const lib = join(box, 'cache', 'kafka-4.1.1')
    expect(await prepareBroker({ env, say })).toEqual({ java: 'java', lib })
    rmSync(join(box, 'bin', 'mvn'))
    expect(await prepareBroker({ env, say })).toEqual({ java: 'java', lib })
    expect(readFileSync(env.FETCHES!, 'utf8')).toBe('fetched\n')
    // an archive of its classes cannot be made here, which is said too
    expect(said.filter((line) => !/archive/.test(line))).toEqual([expect.stringContaining(`with Maven into ${lib}, once`), expect.stringMatching(/fetched in/)])
  })

  it('is fetched again where a jar of the cache is missing or damaged', async () => {
    java()
    program('mvn', MAVEN)
    await prepareBroker({ env, say })
    writeFileSync(join(box, 'cache', 'kafka-4.1.1', 'kafka.jar'), 'cut')
    await prepareBroker({ env, say })
    expect(readFileSync(env.FETCHES!, 'utf8')).toBe('fetched\nfetched\n')
    expect(readdirSync(join(box, 'cache'))).toEqual(['kafka-4.1.1'])
  })

  describe('has an archive of its classes', () => {
    const ARCHIVER = `case "$*" in
      *-version*) echo "openjdk version \\"$JAVA\\"" >&2;;
      *StorageTool*) exit 0;;
      *-XX:ArchiveClassesAtExit=*) echo made >> "$FETCHES"
        for word in "$@"; do case "$word" in -XX:ArchiveClassesAtExit=*) file="\${word#*=}";; esac; done
        trap 'echo classes > "$file"; exit 143' TERM; echo 'Kafka Server started'; while :; do /bin/sleep 0.02; done;;
      *) echo "$@" > "$RAN"; echo 'Kafka Server started'; exec /bin/sleep 60;;
    esac`
    const made = (): number => readFileSync(env.FETCHES!, 'utf8').split('\n').filter((line) => line === 'made').length
    const classes = async (): Promise<string | undefined> => { const means = await prepareBroker({ env, say }); return 'java' in means ? means.classes : 'a container' }
    beforeEach(() => {
      program('java', ARCHIVER)
      program('mvn', MAVEN)
      program('sh', 'exec /bin/sh "$@"')
      Object.assign(env, { JAVA: '17.0.1', RAN: join(box, 'ran') })
    })

    it('made once, in the cache, and every start has it', async () => {
      const file = (await classes())!
      expect(readFileSync(file, 'utf8')).toBe('classes\n')
      expect(readdirSync(join(box, 'cache', 'kafka-4.1.1')).sort()).toEqual([basename(file), 'complete.json', 'kafka.jar'])
      const broker = await startOwnBroker({ folder: join(box, 'data'), env, say })
      await broker.kill()
      expect(readFileSync(env.RAN!, 'utf8')).toContain(`-XX:SharedArchiveFile=${file} `)
      expect(made()).toBe(1)
      expect(said.filter((line) => /archive of the broker's classes/.test(line))).toHaveLength(1)
    })

    it('and another for another JVM, or when the jars are others', async () => {
      const first = await classes()
      env.JAVA = '21.0.2'
      const second = await classes()
      writeFileSync(join(box, 'cache', 'kafka-4.1.1', 'kafka.jar'), 'cut')
      program('mvn', MAVEN.replace('echo jar', 'echo another jar'))
      const third = await classes()
      expect(new Set([first, second, third]).size).toBe(3)
      expect(made()).toBe(3)
    })

    it('or does without where the JVM ran and left none: it says so once, and is not held up by it again', async () => {
      program('java', ARCHIVER.replace("'echo classes > \"$file\"; exit 143'", "'echo the CDS archive is refused; exit 143'"))
      expect(await classes()).toBeUndefined()
      expect(await classes()).toBeUndefined()
      expect(made()).toBe(1)
      expect(said.filter((line) => /leaves no archive .*the CDS archive is refused/.test(line))).toHaveLength(1)
      const broker = await startOwnBroker({ folder: join(box, 'data'), env, say })
      await broker.kill()
      expect(readFileSync(env.RAN!, 'utf8')).not.toContain('SharedArchiveFile')
    })

    it.each([
      ['the disk is full', `'echo "An error has occurred while writing the shared archive file: No space left on device"; exit 143'`, /no space left/],
      ['the broker crashes', "'kill -SEGV $$$$'", /ended with SIGSEGV/],
      ['the broker fails with the half of it', "'echo half > \"$file\"; exit 134'", /ended with 134/],
    ])('or does without this time where %s while it is written, and tries again', async (_, ending, why) => {
      program('java', ARCHIVER.replace("'echo classes > \"$file\"; exit 143'", ending))
      expect(await classes()).toBeUndefined()
      expect(said.filter((line) => /no archive .* this time/.test(line))).toEqual([expect.stringMatching(why)])
      program('java', ARCHIVER)
      expect(readFileSync((await classes())!, 'utf8')).toBe('classes\n')
      expect(made()).toBe(2)
    })

    it('or does without this time where the broker did not come up, says why, and tries again', async () => {
      program('java', ARCHIVER.replace('trap', 'echo ERROR no room; exit 1; trap'))
      expect(await classes()).toBeUndefined()
      expect(said.filter((line) => /no archive .* this time.*no room/s.test(line))).toHaveLength(1)
      program('java', ARCHIVER)
      expect(readFileSync((await classes())!, 'utf8')).toBe('classes\n')
      expect(made()).toBe(2)
    })
  })

  it('is a container where there is no JVM and an engine answers', async () => {
    program('podman', `case "$1" in info) exit 0;; run) echo "$@" > ${join(box, 'ran')}; echo id-1;; logs) echo 'Kafka Server started';; inspect) echo true;; rm) echo "$@" >> ${join(box, 'removed')};; esac`)
    expect(await prepareBroker({ env, say })).toEqual({ engine: 'podman' })
    const broker = await startOwnBroker({ folder: join(box, 'data'), env, say })
    const ran = readFileSync(join(box, 'ran'), 'utf8')
    expect(ran).toContain(`-p 127.0.0.1:${broker.port}:${broker.port} `)
    expect(ran).toContain(`KAFKA_ADVERTISED_LISTENERS=PLAINTEXT://127.0.0.1:${broker.port} `)
    expect(ran).toContain('KAFKA_AUTO_CREATE_TOPICS_ENABLE=false ')
    expect(ran.trim()).toMatch(/apache\/kafka:4\.1\.1$/)
    expect(said.at(-1)).toMatch(/Kafka: a container \(podman, apache\/kafka:4.1.1\) on 127.0.0.1:\d+/)
    await broker.stop()
    expect(readFileSync(join(box, 'removed'), 'utf8')).toBe('rm -f -v id-1\n')
  })

  it('is refused in a container where users and certificates are asked for', async () => {
    program('docker', 'exit 0')
    await expect(startOwnBroker({ folder: box, env, say, format: ['--add-scram', 'x'] })).rejects.toThrow(/needs a JVM/)
  })

  it('is refused with everything that was tried, and what to do', async () => {
    const text = await refusal()
    for (const part of ['No Kafka broker can be had here', 'there is no Java (JVM)', 'CHORUS_INSTALL=0 forbids to install', 'neither docker nor podman answers', 'sudo apt-get install maven', 'KAFKA_BROKERS=host:port']) expect(text).toContain(part)
  })

  it('is refused with an old JVM, by its version', async () => {
    java('11.0.2')
    expect(await refusal()).toContain('java is Java 11, Kafka needs 17 or newer')
    java('1.8.0_202')
    expect(await refusal()).toContain('java is Java 8, Kafka needs 17 or newer')
  })

  it('is refused without Maven where nothing was fetched yet', async () => {
    java()
    expect(await refusal()).toContain(`Maven is missing, and the broker's jars are not in ${join(box, 'cache', 'kafka-4.1.1')}`)
  })

  it('is refused with Maven\'s own reason, and leaves nothing half fetched', async () => {
    java()
    program('mvn', 'case "$1" in --version) exit 0;; esac; echo "[ERROR] Could not transfer artifact: connect timed out"; exit 1')
    const text = await refusal()
    expect(text).toContain('Could not transfer artifact: connect timed out')
    expect(text).toContain('settings.xml')
    expect(readdirSync(join(box, 'cache'))).toEqual([])
  })

  it('is refused where the cache folder cannot be written', async () => {
    java()
    program('mvn', MAVEN)
    writeFileSync(join(box, 'cache'), 'a file')
    expect(await refusal()).toContain(`CHORUS_CACHE names ${join(box, 'cache')}, which cannot be written`)
  })

  it('installs Debian\'s maven as root where apt-get is there; otherwise names the command', async () => {
    program('apt-get', `case "$1" in install) echo "$@" >> ${join(box, 'installed')}; printf '#!/bin/sh\\necho "openjdk version \\\\"17.0.1\\\\"" >&2\\n' > ${box}/bin/java; cat > ${box}/bin/mvn <<'END'\n#!/bin/sh\n${MAVEN}\nEND\n/bin/chmod 755 ${box}/bin/java ${box}/bin/mvn;; esac`)
    // the stand-in for apt-get writes files with cat; a real one brings its own way
    program('cat', 'exec /bin/cat "$@"')
    const { CHORUS_INSTALL: _, ...free } = env
    if (process.getuid?.() === 0) {
      expect(await prepareBroker({ env: free, say })).toMatchObject({ java: 'java' })
      expect(readFileSync(join(box, 'installed'), 'utf8')).toBe('install -y -q --no-install-recommends maven\n')
      expect(said[0]).toMatch(/installing Debian's package "maven".*CHORUS_INSTALL=0 forbids/)
    } else {
      await expect(prepareBroker({ env: free, say })).rejects.toThrow(/sudo apt-get install maven/)
      expect(existsSync(join(box, 'installed'))).toBe(false)
    }
  })

  it('is not installed where CHORUS_INSTALL=0 forbids it', async () => {
    program('apt-get', `echo "$@" >> ${join(box, 'installed')}`)
    expect(await refusal()).toContain('CHORUS_INSTALL=0 forbids')
    expect(existsSync(join(box, 'installed'))).toBe(false)
  })

  it('that does not start says what its log says', async () => {
    program('java', 'case "$*" in *-version*) echo \'openjdk version "21"\' >&2;; *StorageTool*) exit 0;; *) echo "ERROR the disk is full" >&2; exit 1;; esac')
    program('mvn', MAVEN)
    program('sh', 'exec /bin/sh "$@"')
    await expect(startOwnBroker({ folder: join(box, 'data'), env, say })).rejects.toThrow(/ended while it started \(1\); its log is .*kafka.log:\n {2}ERROR the disk is full/)
  })

  it('that was killed waits for its port where a passing connection has taken it', async () => {
    const taken = join(box, 'taken')
    program('java', `case "$*" in *-version*) echo 'openjdk version "21"' >&2;; *StorageTool*) exit 0;; *) if [ -e ${taken} ]; then /bin/rm ${taken}; echo 'ERROR BindException: Address already in use' >&2; exit 1; fi; echo 'Kafka Server started'; exec /bin/sleep 60;; esac`)
    program('mvn', MAVEN)
    program('sh', 'exec /bin/sh "$@"')
    const broker = await startOwnBroker({ folder: join(box, 'data'), env, say })
    try {
      await broker.kill()
      writeFileSync(taken, '')
      await broker.start()
      expect(existsSync(taken)).toBe(false)
      expect(broker.brokers).toMatch(/^127\.0\.0\.1:(1[5-9]|2\d|3[01])\d{3}$/)
    } finally { await broker.stop() }
  })
})
