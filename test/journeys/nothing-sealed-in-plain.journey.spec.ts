/** After a whole run, no sealed value of its input is found in the logs or anywhere in the database. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { postgres } from '@chorus/postgres'
import { repositoryRoot } from '@chorus/platform'
import { everyTextIn, startChorus, type TestChorus } from '../support/chorus'

const file = readFileSync(join(repositoryRoot(), 'samples', 'nibrs', '2026-07.txt'), 'latin1')
/** What people type; each stands nowhere else in the repository. */
const NAMES = ['Philippa Thistlewood-Vane', 'Barnaby Quillfeather', '14 Nonesuch Hollow Road', 'Marmaduke Underhill', '1971-11-23', 'QX-5502-ZZ7', 'QX-5502-ZZ8']
/** Identifiers of agency records: the incident number of each segment (columns 26-37 of the flat file). */
const recordIds = [...new Set(file.split(/\r?\n/).filter((line) => line.length > 40 && /[0-9]/.test(line[4] ?? '')).map((line) => line.slice(25, 37).trim()).filter((id) => id.length >= 6))]

/** Where in `text` a value stands, also in the encodings in which a driver, a log or a dump may carry it. */
const found = (text: string, values: readonly string[]): string[] => values.filter((value) =>
  [value, encodeURIComponent(value), Buffer.from(value).toString('base64').replace(/=+$/, ''), Buffer.from(value).toString('hex'), JSON.stringify(value).slice(1, -1)].some((form) => text.includes(form)))

describe('sealed values of a whole run', () => {
  let chorus: TestChorus
  beforeAll(async () => { chorus = await startChorus({ env: { CHORUS_LOG_LEVEL: 'trace' } }) })
  afterAll(async () => { await chorus.close() })

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

    const secrets = [...recordIds, ...NAMES]
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
