import { execFileSync } from 'node:child_process'
import { appendFileSync, chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import type * as Files from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { repositoryRoot } from '@chorus/platform'
import { FolderUnusable } from './on-disk'
import { DropFolder, type Dropped, type DropOptions, type Imported } from './take-files'
import { senderOf } from './import-dropped'
import { recognise } from './drop-folder'

const FLAT = '00881I072026\n'
const DONE: Imported = { outcome: 'done', report: { records: { read: 1 } } }

describe('the drop folder', () => {
  let folder: string
  let imported: (Omit<Dropped, 'path' | 'rows'> & { readonly text: string })[]
  let importing: (file: Dropped) => Promise<Imported>
  let drop: DropFolder
  let owns: boolean
  let now: string
  const path = (...names: string[]): string => join(folder, ...names)
  const put = (name: string, text: string | Buffer = FLAT): void => { writeFileSync(path(name), text) }
  /** as by another process: it knows nothing of the looks before */
  const fresh = (maxBytes = 1000, lane: Partial<DropOptions> = {}): DropFolder => new DropFolder({
    folder, maxBytes, interval: 10_000, ...lane, rosterQuiet: 60_000, owns: async () => owns, clock: { now: () => now },
    importFile: async (file) => { const { path: copy, rows, ...said } = file; imported.push({ ...said, text: readFileSync(copy, 'utf8') }); writeFileSync(rows, 'line\n'); return importing(file) },
  })
  const looks = async (times = 2): Promise<void> => { for (let look = 0; look < times; look++) await drop.look() }
  const inFolder = (name: string): string[] => readdirSync(path(name)).sort()
  const reports = (name: 'done' | 'refused'): { refused?: string }[] => inFolder(name).filter((file) => file.endsWith('.report.json')).map((file) => JSON.parse(readFileSync(path(name, file), 'utf8')) as { refused?: string })
  const refusal = async (): Promise<string> => { await looks(); expect(imported).toEqual([]); expect(inFolder('.working')).toEqual([]); return reports('refused')[0]!.refused! }

  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'chorus-drop-')); imported = []; owns = true; now = '2026-07-03T12:00:00.000Z'; importing = async () => DONE; drop = fresh() })
  afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

  it('takes a file once it was quiet from one look to the next, and files it away with its report and its rows beside it', async () => {
    put('a.txt')
    await looks(1)
    expect(imported).toEqual([])
    await looks(1)
    expect(imported).toEqual([expect.objectContaining({ text: FLAT, bytes: FLAT.length, as: { as: 'nibrs' }, folder: '', name: 'a.txt', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })])
    const filed = inFolder('done')
    const [base] = filed as [string]
    expect(filed).toEqual([base, `${base}.report.json`, `${base}.rows.csv`])
    expect(base).toMatch(/^20260703T120000Z-[0-9a-f]{8}-a\.txt$/)
    expect([existsSync(path('a.txt')), inFolder('.working')]).toEqual([false, []])
  })
  it('leaves a file that is still written, and one that says so by its name, until it is whole', async () => {
    put('a.txt'); put('b.txt.part'); put('.c.txt')
    for (let look = 0; look < 3; look++) { await looks(1); appendFileSync(path('a.txt'), FLAT) }
    expect(imported).toEqual([])
    renameSync(path('b.txt.part'), path('b.txt'))
    await looks()
    expect(imported.map(({ name, text }) => [name, text])).toEqual(expect.arrayContaining([['a.txt', FLAT.repeat(4)], ['b.txt', FLAT]]))
  })
  it('imports a copy: whoever writes on changes nothing of what is read, and the whole is read again', async () => {
    put('a.txt')
    const claimed = (): string => path('.working', inFolder('.working')[0]!, 'file')
    importing = async () => { if (imported.length === 1) appendFileSync(claimed(), FLAT); return DONE }
    await looks()
    expect([imported.map(({ text }) => text), inFolder('done')]).toEqual([[FLAT], []])
    appendFileSync(claimed(), FLAT)
    await looks(1)
    expect(imported).toHaveLength(1)
    await looks(1)
    expect(imported.map(({ text }) => text)).toEqual([FLAT, FLAT.repeat(3)])
    expect(reports('done')).toHaveLength(1)
  })
  it.each([['before anything was recorded', false], ['once its report is written', true]])('goes on with what another process had taken when it was killed, %s', async (_when, concluded) => {
    put('a.txt')
    importing = () => Promise.reject(new Error('killed'))
    await expect(looks()).rejects.toThrow('killed')
    importing = async () => DONE
    if (concluded) {
      const [id] = inFolder('.working')
      writeFileSync(path('.working', id!, 'report.json'), '{}')
      writeFileSync(path('.working', id!, 'finished.json'), JSON.stringify({ to: 'done', base: 'x' }))
    }
    drop = fresh()
    await looks(1)
    expect([imported.length, inFolder('.working')]).toEqual([concluded ? 1 : 2, []])
    expect(inFolder('done')).toHaveLength(concluded ? 2 : 3)
  })
  it.each([undefined, 'no JSON', '{}', 'null', JSON.stringify({ folder: '../x', name: '', at: '2026-07-03T12:00:00.000Z', tries: 0 }), JSON.stringify({ folder: '', name: '', at: '/../x', tries: 0 })])('loses no file whose claim was cut short, and sends it as nobody\'s: %s', async (claim) => {
    mkdirSync(path('.working', 'x'), { recursive: true })
    mkdirSync(path('.working', 'y'))
    writeFileSync(path('.working', 'y', 'file'), FLAT)
    if (claim !== undefined) writeFileSync(path('.working', 'y', 'claim.json'), claim)
    expect(await refusal()).toContain('nobody can tell whose it is')
    expect(inFolder('refused').map((name) => readFileSync(path('refused', name), 'utf8'))).toContain(FLAT)
  })
  it.each([{ to: 'done', base: '../x' }, { to: '..', base: 'x' }, { to: 'done', base: '.x' }, { to: 'done' }, null])('files nothing away to a place that is none of its own: %j', async (finished) => {
    put('a.txt')
    importing = async () => ({ outcome: 'again', text: 'cut' })
    await looks()
    writeFileSync(path('.working', inFolder('.working')[0]!, 'finished.json'), JSON.stringify(finished))
    importing = async () => DONE
    await looks(1)
    expect(inFolder('done').sort()[0]).toMatch(/^20260703T120000Z-[0-9a-f]{8}-a\.txt$/)
    expect([imported.length, existsSync(path('x'))]).toEqual([2, false])
  })
  it('lets nobody else into what it works in', async () => {
    mkdirSync(path('.working')); chmodSync(path('.working'), 0o777)
    await looks(1)
    expect(statSync(path('.working')).mode & 0o777).toBe(0o700)
  })
  it('leaves what is written while the files before it are imported, until it is quiet again', async () => {
    put('a.txt'); put('b.txt', FLAT.repeat(2))
    importing = async () => { if (imported.length === 1) put('b.txt', FLAT); return DONE }
    await looks()
    expect([imported.map(({ name }) => name), existsSync(path('b.txt'))]).toEqual([['a.txt'], true])
    await looks()
    expect(imported.map(({ text }) => text)).toEqual([FLAT, FLAT])
  })
  it('reads no file that somebody still writes after it was taken, also once Chorus was started anew', async () => {
    put('a.txt')
    importing = async () => ({ outcome: 'again', text: 'the database does not answer' })
    await looks()
    for (let start = 0; start < 3; start++) { appendFileSync(path('.working', inFolder('.working')[0]!, 'file'), FLAT); drop = fresh(); await looks(1) }
    expect(imported).toHaveLength(1)
    importing = async () => DONE
    await looks(1)
    expect(imported.map(({ text }) => text)).toEqual([FLAT, FLAT.repeat(4)])
  })
  it.each(['done', 'refused'] as const)('loses nothing where %s was moved away while a file was imported', async (to) => {
    put('a.txt')
    importing = async () => { renameSync(path(to), path('old')); return { outcome: to, report: {} } }
    await looks()
    expect([inFolder(to).length, inFolder('.working')]).toEqual([3, []])
    expect(readFileSync(path(to, inFolder(to)[0]!), 'utf8')).toBe(FLAT)
  })
  it('loses nothing where the folder itself is moved away while a file is imported, and makes none in its place', async () => {
    put('a.txt')
    importing = async () => { renameSync(folder, `${folder}.old`); return DONE }
    await looks(1)
    await expect(looks(1)).rejects.toThrow(FolderUnusable)
    expect(existsSync(folder)).toBe(false)
    renameSync(`${folder}.old`, folder)
    importing = async () => DONE
    await looks(1)
    expect([inFolder('done').length, inFolder('.working')]).toEqual([3, []])
  })
  it('takes nothing away of what it did not put there, and goes on', async () => {
    mkdirSync(path('.working', 'x'), { recursive: true })
    writeFileSync(path('.working', 'x', 'claim.json'), '{}'); writeFileSync(path('.working', 'x', 'file.bak'), FLAT)
    put('a.txt')
    await looks()
    expect([imported.length, inFolder(join('.working', 'x')), drop.waiting]).toEqual([1, ['claim.json', 'file.bak'], expect.stringContaining('did not put there')])
  })
  it('waits as long as the database is away, and gives up a file that breaks the import again and again', async () => {
    put('a.txt')
    importing = async () => ({ outcome: 'again', text: 'the database does not answer' })
    await looks(9)
    expect([drop.waiting, imported.length, inFolder('refused')]).toEqual(['the database does not answer', 8, []])
    importing = async () => ({ outcome: 'failed', text: 'a fault' })
    await looks(5)
    expect([drop.waiting, inFolder('refused')]).toEqual(['a fault', []])
    await looks(1)
    expect(reports('refused')[0]!.refused).toContain('broke off 5 times')
    expect(drop.waiting).toBeUndefined()
  })
  describe('of which a sender goes on writing after it was filed', () => {
    const filed = (to: 'done' | 'refused'): string => path(to, inFolder(to).find((name) => name.endsWith('-a.txt'))!)
    it.each([['', 'done', false], [', also where Chorus was started anew meanwhile', 'done', true], [', also where its part was refused', 'refused', false]] as const)('reads the whole again once it is quiet, and its report takes the place of the first%s', async (_what, to, anew) => {
      put('a.txt')
      importing = async ({ bytes }) => ({ outcome: bytes === FLAT.length ? to : 'done', report: { bytes } })
      await looks()
      for (let part = 0; part < 3; part++) { if (part === 0) appendFileSync(filed(to), FLAT); else appendFileSync(path('.working', inFolder('.working')[0]!, 'file'), FLAT); if (anew) drop = fresh(); await looks(1) }
      expect(imported).toHaveLength(1)
      await looks(1)
      expect(imported.map(({ name, text }) => [name, text])).toEqual([['a.txt', FLAT], ['a.txt', FLAT.repeat(4)]])
      expect([inFolder('done').length, inFolder('refused').length, inFolder('.working')]).toEqual([3, 0, []])
      expect(reports('done')).toEqual([expect.objectContaining({ bytes: 4 * FLAT.length, again: expect.stringContaining('written on') })])
      // And again after that.
      appendFileSync(filed('done'), FLAT)
      await looks(2)
      expect([imported.length, imported[2]!.text]).toEqual([3, FLAT.repeat(5)])
      await looks(3)
      expect(imported).toHaveLength(3)
    })
    it('finds it where it was written on between the last look at it and its filing', async () => {
      put('a.txt')
      const files = jest.requireActual<typeof Files>('node:fs/promises')
      const { rename } = files
      const moved = jest.spyOn(files, 'rename').mockImplementation((from, to) => { if (imported.length === 1 && String(to).endsWith('-a.txt')) appendFileSync(String(from), FLAT); return rename(from, to) })
      try { await looks() } finally { moved.mockRestore() }
      await looks(2)
      expect(imported.map(({ text }) => text)).toEqual([FLAT, FLAT.repeat(2)])
    })
    it.each(['claim.json', 'file'])('loses nothing where taking it back was cut short at %s', async (cut) => {
      put('a.txt')
      await looks()
      appendFileSync(filed('done'), FLAT)
      const files = jest.requireActual<typeof Files>('node:fs/promises')
      const { rename } = files
      const moved = jest.spyOn(files, 'rename').mockImplementation((from, to) => String(to).endsWith(cut) ? Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' })) : rename(from, to))
      try { await looks(1) } finally { moved.mockRestore() }
      expect(drop.waiting).toContain('(EIO)')
      drop = fresh()
      await looks(2)
      expect([imported.map(({ text }) => text), inFolder('.working'), inFolder('done').length]).toEqual([[FLAT, FLAT.repeat(2)], [], 3])
    })
    it.each(['done', 'refused'] as const)('leaves it in %s where only its time is another, and its day goes on', async (to) => {
      put('a.txt')
      importing = async () => ({ outcome: to, report: {} })
      await looks()
      now = '2026-07-04T11:59:00.000Z'
      utimesSync(filed(to), 1_800_000_000, 1_800_000_000)
      const before = inFolder(to)
      await looks(3)
      expect([imported.length, inFolder(to), inFolder('.filed').length]).toEqual([1, before, 1])
      // Other bytes of the same length are another file.
      writeFileSync(filed(to), FLAT.replace('7', '8'))
      await looks(3)
      expect(imported.map(({ text }) => text)).toEqual([FLAT, FLAT.replace('7', '8')])
      utimesSync(filed(to), 1_800_000_001, 1_800_000_001)
      now = '2026-07-05T12:01:00.000Z'
      await looks(1)
      expect([imported.length, inFolder('.filed')]).toEqual([2, []])
    })
    it('says where it cannot be taken back, goes on with the others, and takes it back once it can', async () => {
      put('a.txt')
      await looks()
      const report = `${filed('done')}.report.json`
      rmSync(report); mkdirSync(report)
      appendFileSync(filed('done'), FLAT)
      put('b.txt', `${FLAT}b`)
      await looks(2)
      expect(imported.map(({ name }) => name)).toEqual(['a.txt', 'b.txt'])
      expect(drop.waiting).toMatch(/[0-9a-f-]{36}\.json in \.filed.*take away/)
      expect(readFileSync(filed('done'), 'utf8')).toBe(FLAT.repeat(2))
      rmSync(report, { recursive: true })
      await looks(2)
      expect([imported.length, imported[2]!.text, drop.waiting, inFolder('.working')]).toEqual([3, FLAT.repeat(2), undefined, []])
    })
    it('a note that cannot be read stops no other', async () => {
      mkdirSync(path('.filed', '018f0000-0000-7000-8000-000000000000.json'), { recursive: true })
      put('a.txt')
      await looks()
      expect([imported.length, drop.waiting]).toEqual([1, expect.stringContaining('018f0000-0000-7000-8000-000000000000.json in .filed')])
    })
    it('looks at it for a day, after it was stopped for longer too, and not at what somebody took away', async () => {
      put('a.txt'); put('b.txt', `${FLAT}b`)
      await looks()
      rmSync(path('done', inFolder('done').find((name) => name.endsWith('-b.txt'))!))
      await looks(1)
      expect(inFolder('.filed')).toHaveLength(1)
      now = '2026-07-06T12:00:00.000Z'
      appendFileSync(filed('done'), FLAT)
      await looks(2)
      expect(imported.map(({ text }) => text)).toEqual(expect.arrayContaining([FLAT, `${FLAT}b`, FLAT.repeat(2)]))
      await looks(1)
      expect(inFolder('.filed')).toHaveLength(1)
      now = '2026-07-07T12:00:01.000Z'
      await looks(1)
      expect([inFolder('.filed'), imported.length]).toEqual([[], 3])
    })
    it.each(['null', 'x', '{}', JSON.stringify({ finished: { to: 'done', base: '../a', written: '1 1' }, claim: { folder: '', name: '', at: '2026-07-03T12:00:00.000Z', tries: 0 }, at: '2026-07-03T12:00:00.000Z' })])('believes no more of what is noted than its form allows: %s', async (text) => {
      mkdirSync(path('.filed'))
      writeFileSync(path('.filed', '018f0000-0000-7000-8000-000000000000.json'), text)
      await looks()
      expect([inFolder('.filed'), inFolder('.working'), imported]).toEqual([[], [], []])
    })
  })
  it('takes the same name again while one of it is in hand, and both are kept', async () => {
    put('a.txt')
    importing = async () => { if (imported.length === 1) put('a.txt', `${FLAT}x`); return DONE }
    await looks(4)
    expect(imported.map(({ text }) => text)).toEqual([FLAT, `${FLAT}x`])
    expect(reports('done')).toHaveLength(2)
  })
  it('stops between two files when it is told to, and keeps what was cut short', async () => {
    const stop = new AbortController()
    put('a.txt'); put('b.txt')
    importing = async () => { stop.abort(); return { outcome: 'again', text: 'cut' } }
    await drop.look(); await drop.look(stop.signal)
    expect([imported.length, inFolder('.working').length, existsSync(path('b.txt')) || existsSync(path('a.txt'))]).toEqual([1, 1, true])
  })

  it('takes nothing more, and files nothing away, once another process works in it', async () => {
    put('a.txt'); put('b.txt')
    importing = async () => { owns = false; return DONE }
    await looks()
    expect([imported.length, inFolder('.working').length, existsSync(path('b.txt')), inFolder('done')]).toEqual([1, 1, true, []])
    drop = fresh(); owns = true; importing = async () => DONE
    await looks()
    expect([imported.length, inFolder('.working'), inFolder('done').length]).toEqual([3, [], 6])
  })
  it('gives each try a copy and rows of its own, and keeps none that broke off', async () => {
    put('a.txt')
    const paths: string[] = []
    importing = async ({ path: copy, rows }) => {
      paths.push(copy, rows)
      if (imported.length === 1) { await fresh().look(); expect([copy, rows].every((one) => existsSync(one))).toBe(true) }
      return { outcome: 'again', text: 'cut' }
    }
    await looks()
    expect([imported.length, inFolder(join('.working', inFolder('.working')[0]!))]).toEqual([2, ['claim.json', 'file']])
    expect(new Set(paths).size).toBe(4)
  })
  describe('where files of hours have a lane of their own', () => {
    const sampleMapping = (name: string): string => readFileSync(join(repositoryRoot(), 'samples', 'extracts', name), 'utf8')
    let inHand: Set<string>
    let hours: DropFolder
    let rest: DropFolder
    const lanes = (): void => { inHand = new Set(); hours = fresh(1000, { lane: 'hours', inHand }); rest = fresh(1000, { lane: 'rest', inHand }) }
    beforeEach(() => {
      lanes()
      for (const name of ['kcpd', 'arrests', 'jail', 'screens']) mkdirSync(path(name))
      put('arrests/a.map.yml', sampleMapping('arrests.map.yml')); put('jail/j.map.yml', sampleMapping('jail-roster.map.yml')); put('screens/s.map.yml', sampleMapping('lap-screens.map.yml'))
    })
    const names = (): string[] => imported.map(({ name }) => name)
    it('they are taken while a large file is under way, and each file once', async () => {
      put('kcpd/year.csv')
      let end = (): void => undefined
      importing = async ({ name }) => { if (name === 'year.csv') await new Promise<void>((resolve) => { end = resolve }); return DONE }
      await rest.look()
      const large = rest.look()
      while (imported.length < 1) await new Promise((resolve) => { setTimeout(resolve, 5) })
      put('arrests/a.csv'); put('jail/j.csv'); put('jail/j.csv.ok', '')
      await hours.look(); await hours.look()
      expect([names().sort(), inFolder('.working').length]).toEqual([['a.csv', 'j.csv', 'year.csv'], 1])
      end()
      await large
      await rest.look(); await hours.look()
      expect([names().length, inFolder('.working'), inFolder('done').filter((name) => name.endsWith('.report.json')).length, inHand.size]).toEqual([3, [], 3, 0])
    })
    it('what was cut short is finished by its own lane', async () => {
      importing = async () => ({ outcome: 'again', text: 'cut' })
      put('kcpd/year.csv'); put('arrests/a.csv')
      for (const lane of [hours, rest, hours, rest]) await lane.look()
      importing = async () => DONE
      imported = []
      lanes()
      await hours.look()
      expect(names()).toEqual(['a.csv'])
      await rest.look()
      expect([names(), inFolder('.working')]).toEqual([['a.csv', 'year.csv'], []])
    })
    it('of the rest what a mapping leads comes before the others, also what came while a large one was under way', async () => {
      put('kcpd/1.csv'); put('kcpd/2.csv'); put('screens/s1.csv')
      importing = async ({ name }) => { if (name === '1.csv') { now = '2026-07-03T12:01:00.000Z'; put('screens/s2.csv') } return DONE }
      await rest.look()
      expect(await rest.look()).toBe(true)
      expect(names()).toEqual(['s1.csv', '1.csv'])
      // 2.csv is quiet long since; the screen was seen for the first time.
      importing = async () => { now = '2026-07-03T12:02:00.000Z'; return DONE }
      put('kcpd/3.csv')
      await rest.look()
      expect(names()).toEqual(['s1.csv', '1.csv', '2.csv'])
      importing = async () => DONE
      expect(await rest.look()).toBe(false)
      expect(names()).toEqual(['s1.csv', '1.csv', '2.csv', 's2.csv', '3.csv'])
    })
  })
  describe('a mapping', () => {
    it('that is written while the files before it are imported is waited for', async () => {
      put('0.csv', 'x'); put('0.map.yml', 'M'); put('a.csv', 'x'); put('a.map.yml', 'M')
      importing = async () => { if (imported.length === 1) put('a.map.yml', 'MM'); return DONE }
      await looks()
      expect(imported).toHaveLength(1)
      await looks()
      expect(imported[1]!.as).toEqual({ as: 'extract', mapping: 'MM' })
    })
    const of = async (): Promise<unknown> => { await looks(); return imported[0]?.as }
    it('of the file\'s own name makes it an extract', async () => { put('a.csv', 'x'); put('a.map.yml', 'M'); expect(await of()).toEqual({ as: 'extract', mapping: 'M' }) })
    it('that is the only one of a feed folder serves all its files, and stays', async () => {
      mkdirSync(path('arrests')); put('arrests/2026-07-03.csv', 'x'); put('arrests/arrests.map.yml', 'M')
      expect(await of()).toEqual({ as: 'extract', mapping: 'M' })
      expect(inFolder('arrests')).toEqual(['arrests.map.yml'])
    })
    it('that is still written is waited for', async () => {
      put('a.csv', 'x'); await looks(1); put('a.map.yml', 'M'); await looks(1)
      expect(imported).toEqual([])
      await looks(1)
      expect(imported).toHaveLength(1)
    })
    it('that is a link is not followed', async () => { put('secret', 'S'); symlinkSync(path('secret'), path('a.map.yml')); put('a.csv', 'x'); expect(await of()).toEqual({ as: 'extract', mapping: '' }) })
    it('that is no small text is not read', async () => { put('a.map.yml', 'M'.repeat(64 * 1024 + 1)); put('a.csv', 'x'); expect(await of()).toEqual({ as: 'extract', mapping: '' }) })
    it('among others in the feed folder must have the file\'s name', async () => { mkdirSync(path('f')); put('f/a.csv', 'x'); put('f/b.map.yml', 'M'); put('f/c.map.yml', 'M'); expect(await refusal()).toContain('more than one mapping') })
  })

  describe('refuses', () => {
    it('what nobody can tell', async () => { put('a.csv', 'REPORT,NAME\n1,Marmaduke\n'); expect(await refusal()).toMatch(/Nobody can tell.*mapping/) })
    it('a file over the limit, unread', async () => { put('a.txt', FLAT.repeat(100)); expect(await refusal()).toContain('CHORUS_MAX_UPLOAD') })
    it('a link, also one that leads to a file, and keeps what it leads to', async () => {
      const outside = mkdtempSync(join(tmpdir(), 'chorus-drop-'))
      writeFileSync(join(outside, 'f'), FLAT)
      symlinkSync(join(outside, 'f'), path('a.txt'))
      expect(await refusal()).toContain('links are not followed')
      expect(readFileSync(join(outside, 'f'), 'utf8')).toBe(FLAT)
      // Whoever opens what was refused opens no file of the machine.
      const kept = path('refused', inFolder('refused').find((name) => name.endsWith('-a.txt'))!)
      expect([lstatSync(kept).isFile(), readFileSync(kept, 'utf8')]).toEqual([true, expect.stringContaining(join(outside, 'f'))])
      rmSync(outside, { recursive: true })
    })
    it('a pipe, without waiting for who writes into it', async () => { execFileSync('mkfifo', [path('a.txt')]); expect(await refusal()).toContain('no file that can be read') })
    it('a file that may not be read', async () => { put('a.txt'); chmodSync(path('a.txt'), 0); await asNobody(folder, async () => { expect(await refusal()).toContain('may not be read') }) })
  })

  it.each([['../../a.txt'.replaceAll('/', '\\')], ['a\nb "c";$(d) é.txt'], [`${'n'.repeat(250)}.txt`], ['-rf'], ['.working.txt~x']])('keeps a file of the name %j, under a name that is safe', async (name) => {
    put(name)
    await looks()
    expect(inFolder('done').filter((file) => !/^[A-Za-z0-9][A-Za-z0-9._-]{0,190}$/.test(file))).toEqual([])
    expect(reports('done')).toHaveLength(name.startsWith('.') ? 0 : 1)
  })
  it('keeps a file whose name is no text', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x61, 0xff, 0xfe, 0x2e, 0x74])]), FLAT)
    await looks()
    expect([imported.length, reports('done').length]).toEqual([1, 1])
  })
  it('does not look into folders of feed folders', async () => { mkdirSync(path('nibrs', 'deep'), { recursive: true }); put('nibrs/deep/a.txt'); await looks(3); expect(imported).toEqual([]) })

  describe('that cannot be worked in says so', () => {
    const unusable = async (): Promise<string> => { try { await drop.look() } catch (error) { if (error instanceof FolderUnusable) return error.message; throw error } return '' }
    it('where it is not there', async () => { rmSync(folder, { recursive: true }); expect(await unusable()).toMatch(/cannot be read \(ENOENT\)/) })
    it('where done leads elsewhere, and moves nothing there', async () => { const outside = mkdtempSync(join(tmpdir(), 'chorus-drop-')); symlinkSync(outside, path('done')); put('a.txt'); expect(await unusable()).toContain('done in the drop folder is no folder'); expect(readdirSync(outside)).toEqual([]); rmSync(outside, { recursive: true }) })
    it('where it may not be read', async () => { await asNobody(folder, async () => { chmodSync(folder, 0o300); expect(await unusable()).toMatch(/cannot be read \(EACCES\)/) }) })
    it('where .working is another user\'s', async () => {
      const user = jest.spyOn(process as { geteuid: () => number }, 'geteuid').mockReturnValue(4711)
      try { expect(await unusable()).toContain('belongs to another user') } finally { user.mockRestore() }
    })
    it('where a feed folder may not be written: nothing of it is taken, and the others go on', async () => {
      mkdirSync(path('nibrs')); put('nibrs/a.txt'); put('b.txt'); await looks(1)
      await asNobody(folder, async () => { chmodSync(path('nibrs'), 0o555); await looks(1) })
      expect(drop.waiting).toMatch(/cannot be moved .*\(EACCES\)/)
      expect([imported.map(({ name }) => name), inFolder('.working'), inFolder('nibrs')]).toEqual([['b.txt'], [], ['a.txt']])
    })
    it('where a feed folder is a mount of its own, and goes on with the others', async () => {
      mkdirSync(path('nibrs')); put('nibrs/a.txt'); put('b.txt')
      const files = jest.requireActual<typeof Files>('node:fs/promises')
      const { rename } = files
      const moved = jest.spyOn(files, 'rename').mockImplementation((from, to) => String(from).includes('/nibrs/') ? Promise.reject(Object.assign(new Error('EXDEV'), { code: 'EXDEV' })) : rename(from, to))
      try { await looks() } finally { moved.mockRestore() }
      expect(drop.waiting).toMatch(/mount of its own \(EXDEV\)/)
      expect([imported.map(({ name }) => name), inFolder('.working'), inFolder('nibrs')]).toEqual([['b.txt'], [], ['a.txt']])
    })
    it('of each feed folder, by its name where that is an agency\'s or a feed\'s, else by its number on the disk', async () => {
      const odd = [0, 1].map((n) => Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff, 0xfe, n + 1])]))
      for (const name of [...odd, path('MOZZ99900'), path('shut'), path('kcpd'), path('nibrs')]) mkdirSync(name)
      put('kcpd/a.txt'); put('shut/a.txt'); put('nibrs/a.txt')
      const numbers = [...odd, path('shut')].map((name) => statSync(name).ino)
      await asNobody(folder, async () => { for (const name of ['MOZZ99900', 'shut']) chmodSync(path(name), 0); chmodSync(path('kcpd'), 0o444); await looks() })
      expect(imported.map(({ folder: of }) => of)).toEqual(['nibrs'])
      for (const part of [...numbers.map((number) => `number ${number} `), 'MOZZ99900', 'kcpd', 'UTF-8', '(EACCES)']) expect(drop.waiting).toContain(part)
      expect(drop.waiting).not.toContain('shut')
      for (const name of ['MOZZ99900', 'shut', 'kcpd']) chmodSync(path(name), 0o755)
    })
    it('of one feed folder, and goes on with the others', async () => {
      mkdirSync(path('nibrs')); mkdirSync(path('other')); put('nibrs/a.txt')
      await asNobody(folder, async () => { chmodSync(path('other'), 0); await looks() })
      expect([imported.length, drop.waiting]).toEqual([1, expect.stringContaining('feed folder')])
    })
  })
})

/** As a user without root's rights, whom the folder and all in it belong to. */
const asNobody = async (folder: string, work: () => Promise<void>): Promise<void> => {
  if (process.geteuid!() !== 0) { await work(); return }
  execFileSync('chown', ['-R', '65534', folder])
  process.seteuid!(65534)
  try { await work() } finally { process.seteuid!(0) }
}

describe('a dropped file is told', () => {
  const sample = (name: string): Buffer => readFileSync(join(repositoryRoot(), 'samples', name)).subarray(0, 64 * 1024)
  it.each([['nibrs/2026-07.txt', 'nibrs'], ['nibrs/2026-06-zero.txt', 'nibrs'], ['nibrs/2026-07.xml', 'nibrs'], ['kcpd/2024.csv', 'kcpd']])('by its content: %s', async (name, as) => { expect(await recognise({ folder: '' }, sample(name))).toEqual({ as }) })
  it('as open data also where one of its columns is new, which its reader refuses by name', async () => { expect(await recognise({ folder: '' }, Buffer.from('Report_No,Reported_Date,Offense,Involvement,Shoe_Size\n1,2,3,4,5\n'))).toEqual({ as: 'kcpd' }) })
  it('by its feed folder, whatever it holds', async () => { expect(await recognise({ folder: 'kcpd', mapping: 'M' }, Buffer.from(FLAT))).toEqual({ as: 'kcpd' }) })
  it('as the portal\'s JSON', async () => { expect(await recognise({ folder: '' }, Buffer.from('[{"report_no":"1","reported_date":"2014-01-01","offense":"x","location_1":{"latitude":"1"}},\n{"rep'))).toEqual({ as: 'kcpd' }) })
  it.each([['{"a":1}'], ['[{"a":1}]'], [''], ['REPORT_NO,CAD\n1,2\n'], ['PK\u0003\u0004\0\0']])('as nothing: %j', async (text) => { expect(await recognise({ folder: '' }, Buffer.from(text))).toMatchObject({ refused: expect.stringContaining('Nobody can tell') }) })
  it.each(['mozz99900', 'Mozz99900', 'MOZZ99900 '])('as nobody\'s in the folder %j, an ORI but for its letters', async (folder) => { expect(await recognise({ folder, mapping: 'M' }, Buffer.from(FLAT))).toMatchObject({ refused: expect.stringContaining('in capitals') }) })
  it.each(['referrals', 'arrests'])('by its content in the folder %s, which is a word', async (folder) => { expect(await recognise({ folder }, Buffer.from(FLAT))).toEqual({ as: 'nibrs' }) })
  it('as an agency\'s own in the folder of its ORI, where open data has no place', async () => {
    expect(senderOf('MOZZ99900')).toMatchObject({ role: 'agencyFeed', agency: 'MOZZ99900' })
    expect(senderOf('arrests')).toMatchObject({ role: 'agencyFeed', agency: 'CITY' })
    expect(await recognise({ folder: 'MOZZ99900' }, sample('kcpd/2024.csv'))).toMatchObject({ refused: expect.stringContaining('folder kcpd') })
  })
})
