/** After a whole run, no sealed value of its input is found in the logs or anywhere in the database. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { repositoryRoot } from '@chorus/platform'
import { everyTextIn, startChorus, type TestChorus } from '../support/chorus'

const sample = (...names: string[]): string => readFileSync(join(repositoryRoot(), 'samples', ...names), 'latin1')
const file = sample('nibrs', '2026-07.txt')
const openData = sample('kcpd', '2024.csv')
/** What people type; each stands nowhere else in the repository. */
const NAMES = ['Philippa Thistlewood-Vane', 'Barnaby Quillfeather', '14 Nonesuch Hollow Road', 'Marmaduke Underhill', '1971-11-23', 'QX-5502-ZZ7', 'QX-5502-ZZ8']
/** Identifiers of agency records: the incident number of each segment (columns 26-37 of the flat file). */
const recordIds = [...new Set(file.split(/\r?\n/).filter((line) => line.length > 40 && /[0-9]/.test(line[4] ?? '')).map((line) => line.slice(25, 37).trim()).filter((id) => id.length >= 6))]

/** Of a records system's extract, that comes by a mapping. */
const OF_EXTRACT = ['Sample, Ada', 'Sample, Bert', '1 Sample Street', 'FXP-1001', 'FX26-010001', 'FX26-010002', 'FC-551']
/** Report numbers of the open crime data. */
const OPEN_REPORTS = [...new Set(openData.split(/\r?\n/).slice(1).map((line) => line.split(',')[0]!).filter((number) => number.length >= 8))]

/** Where in `text` a value stands, also in the encodings in which a driver, a log or a dump may carry it. */
const found = (text: string, values: readonly string[]): string[] => values.filter((value) =>
  [value, encodeURIComponent(value), Buffer.from(value).toString('base64').replace(/=+$/, ''), Buffer.from(value).toString('hex'), JSON.stringify(value).slice(1, -1)].some((form) => text.includes(form)))

describe('sealed values of a whole run', () => {
  let chorus: TestChorus
  let drop: string
  beforeAll(async () => { drop = mkdtempSync(join(tmpdir(), 'chorus-drop-')); chorus = await startChorus({ env: { CHORUS_LOG_LEVEL: 'trace', CHORUS_DROP: drop, CHORUS_DROP_INTERVAL: '1' } }) })
  afterAll(async () => { await chorus.close(); rmSync(drop, { recursive: true, force: true }) })

  /** Files of each feed, one twice, one that is none and has a name in its name. */
  const putFiles = (): void => {
    const [extract, mapping] = [sample('extracts', 'kcpd-reports.csv'), sample('extracts', 'kcpd-reports.map.yml')]
    mkdirSync(join(drop, 'reports'))
    for (const [name, text] of [['reports/kcpd.map.yml', mapping], ['reports/monday.csv', extract], ['reports/again.csv', extract], ['2024.csv', openData], ['august.xml', sample('nibrs', '2026-08.xml')], [`${NAMES[3]}.csv`, `${NAMES[0]},${NAMES[1]}\n1,2\n`]] as const) writeFileSync(join(drop, name), text, 'latin1')
  }
  interface Filed { readonly name: string; readonly report: { readonly outcome: string; readonly feed?: string; readonly refused?: string; readonly records?: { readonly read: number; readonly accepted: number; readonly duplicate: number; readonly quarantined: number } }; readonly rows: string }
  const filed = async (count: number): Promise<Filed[]> => {
    for (let tries = 0; tries < 400; tries++) {
      const found = ['done', 'refused'].flatMap((folder) => { try { return readdirSync(join(drop, folder)).map((name) => join(drop, folder, name)) } catch { return [] } })
      const files = found.filter((name) => !name.endsWith('.report.json') && !name.endsWith('.rows.csv'))
      if (files.length === count) return files.map((name) => ({ name, report: JSON.parse(readFileSync(`${name}.report.json`, 'utf8')) as Filed['report'], rows: found.includes(`${name}.rows.csv`) ? readFileSync(`${name}.rows.csv`, 'utf8') : '' }))
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error('the drop folder was not worked off')
  }

  /** An incident that the screening has found; it follows the import by itself. */
  const screened = async (bearer: string): Promise<string> => {
    for (let tries = 0; tries < 200; tries++) {
      const [first] = (await chorus.agent.get('/v1/incidents').set('Authorization', bearer).set('X-Purpose', 'caseWork').expect(200)).body.incidents as { incidentId: string }[]
      if (first) return first.incidentId
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error('no incident was screened')
  }

  it('are nowhere in logs or database: a file with its wrong records, a referral with names, refusals and faults', async () => {
    expect(recordIds.length).toBeGreaterThan(50)
    expect(OPEN_REPORTS.length).toBeGreaterThan(5)
    putFiles()
    const analyst = await chorus.bearer('intakeAnalyst')
    const imported = await chorus.agent.post('/v1/imports/nibrs').query({ name: '2026-07.txt' }).set('Authorization', analyst).set('Content-Type', 'text/plain').send(file).expect(200)
    const report = (JSON.parse(imported.text.trim().split('\n').at(-1) ?? '') as { result: { records: { accepted: number; quarantined: number } } }).result
    expect(report.records.accepted).toBeGreaterThan(50)
    expect(report.records.quarantined).toBeGreaterThan(0)

    // A referral as it should be: names, birth date, address and identifiers of both, all sealed.
    const incidentId = await screened(analyst)
    const person = (name: string, id: string) => ({ name, birthDate: NAMES[4], address: NAMES[2], identifiers: [{ system: 'sample-records', id }] })
    await chorus.agent.post('/v1/referrals').set('Authorization', analyst).send({ source: 'KCPD', incidentIds: [incidentId], subject: person(NAMES[0]!, NAMES[5]!), victim: person(NAMES[1]!, NAMES[6]!) }).expect(200)

    // And what people type in every place where a body can go wrong.
    const names = { name: NAMES[0], secondName: NAMES[1], address: NAMES[2], note: NAMES[3] }
    for (const [method, path] of [['post', '/v1/referrals'], ['post', '/v1/cases'], ['get', '/v1/history']] as const) {
      const sent = chorus.agent[method](path).query({ of: NAMES[0], [NAMES[1]!]: NAMES[2] }).set('Authorization', await chorus.bearer('detective')).set('X-Correlation-Id', NAMES[3]!).set('User-Agent', NAMES[0]!)
      const answer = await (method === 'post' ? sent.send(names) : sent)
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(found(answer.text, NAMES)).toEqual([])
    }
    await chorus.agent.post('/v1/referrals').set('Authorization', analyst).set('Content-Type', 'application/json').send(`{"name": "${NAMES[0]}`).expect(400)
    await chorus.agent.get(`/v1/${encodeURIComponent(NAMES[1]!)}`).set('Authorization', `Bearer ${NAMES[1]!}`).expect(404)

    const secrets = [...recordIds, ...NAMES, ...OF_EXTRACT, ...OPEN_REPORTS]
    // What was dropped: each row is told of in the report beside the file, and none of its values.
    const dropped = await filed(5)
    expect(dropped.map(({ report: { outcome, feed } }) => `${outcome} ${feed ?? ''}`).sort()).toEqual(['done extract/sample-rms', 'done extract/sample-rms', 'done kcpd-open-data', 'done nibrs-flat-file', 'refused '])
    for (const { report, rows } of dropped) {
      expect(found(JSON.stringify(report) + rows, secrets)).toEqual([])
      if (!report.records) { expect(report.refused).toContain('Nobody can tell'); continue }
      const { read, accepted, duplicate, quarantined } = report.records
      expect(read).toBe(accepted + duplicate + quarantined)
      const outcomes = rows.trim().split('\n').slice(1).map((row) => row.split(',')[2])
      expect((['accepted', 'duplicate', 'quarantined'] as const).map((outcome) => outcomes.filter((one) => one === outcome).length)).toEqual([accepted, duplicate, quarantined])
    }
    const twice = dropped.flatMap(({ report }) => report.feed === 'extract/sample-rms' ? [report.records!] : [])
    expect(twice.map(({ accepted }) => accepted).sort()).toEqual([0, 4])
    expect((await chorus.ready()).body.checks).toContainEqual({ name: 'drop folder', ok: true, text: 'watched' })

    expect(chorus.logs.lines().length).toBeGreaterThan(3)
    expect(found(chorus.logs.text(), secrets)).toEqual([])
    const places: string[] = []
    let rows = 0
    for await (const { table, text } of everyTextIn(chorus.adminUrl)) {
      rows++
      places.push(...found(text, secrets).map((value) => `${table}: a value of ${value.length} characters`))
    }
    expect(rows).toBeGreaterThan(100)
    expect(places).toEqual([])
  })

  it('would be found here if one stood in any table, in any encoding', async () => {
    const owner = postgres(chorus.adminUrl, { max: 1, onnotice: () => undefined })
    try {
      await owner.unsafe('create table public.planted (note text, raw bytea, doc jsonb)')
      await owner`insert into public.planted values (${`about ${recordIds[0]!}`}, ${Buffer.from(NAMES[1]!)}, ${owner.json({ deep: [NAMES[2]!] })})`
      const places = new Set<string>()
      for await (const { text } of everyTextIn(chorus.adminUrl)) for (const value of found(text, [recordIds[0]!, NAMES[1]!, NAMES[2]!])) places.add(value)
      expect([...places].sort()).toEqual([recordIds[0]!, NAMES[1]!, NAMES[2]!].sort())
    } finally {
      await owner.unsafe('drop table if exists public.planted')
      await owner.end()
    }
  })
})
