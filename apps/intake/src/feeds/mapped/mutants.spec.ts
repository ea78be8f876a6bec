import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fuzzExtract } from '../../../../../test/fuzz/extract'
import { FEEDS } from '../../../../../test/fuzz/feeds'
import { mappingIn } from '../../mapped-import/mapping-file'
import { keptFormat, MAX_ROWS, readRows } from './read-rows'

const SEED = 20260713
const root = join(__dirname, '../../../../..')
const files = FEEDS.extract!.samples

describe('2,000 damaged extracts', () => {
  it.each(files)(`of %s: each row becomes one thing, nothing throws, nothing unreadable is recorded (seed ${SEED}; more: npm run fuzz -- --feed extract --seed S --runs N)`, async (file) => {
    expect((await fuzzExtract(readFileSync(join(root, file), 'latin1'), SEED, Math.ceil(2000 / files.length), join(root, file))).map(({ seed, by, wrong }) => ({ seed, by, wrong }))).toEqual([])
  })
  it('a row of a file whose lines end in CR alone is kept as a row that is read again', async () => {
    const read = mappingIn(readFileSync(join(root, 'samples/extracts/probation.map.yml'), 'utf8'))
    if ('problems' in read) throw new Error('the sample mapping is wrong')
    const rows = await readRows(Buffer.from('ENTRY,P_ID,STATUS,CONDITION,OF_DAY\rE-1,P-1,OK,BIP,"06/10/2026"\rE-2,P-1,OK,BIP,"06/11/2026"\r'), read.mapping)
    expect('rows' in rows && await Promise.all(rows.rows.map(async ({ content }) => { const kept = await readRows(Buffer.from(content), keptFormat(read.mapping)); return 'rows' in kept && kept.rows.map(({ values, broken }) => [values.OF_DAY, broken]) }))).toEqual([[['06/10/2026', undefined]], [['06/11/2026', undefined]]])
  })
  it('a file of more rows than may be is refused, in CSV and in JSON, after what else is wrong with it', async () => {
    const read = async (name: string, text: string) => {
      const found = mappingIn(readFileSync(join(root, `samples/extracts/${name}.map.yml`), 'utf8'))
      if ('problems' in found) throw new Error('the sample mapping is wrong')
      const rows = await readRows(Buffer.from(text), found.mapping)
      return 'rows' in rows ? rows.rows.length : rows.refused
    }
    const csv = (rows: number) => read('probation', `ENTRY,P_ID,STATUS,CONDITION,OF_DAY\n${'E-1,P-1,OK,BIP,06/10/2026\n'.repeat(rows)}`)
    const json = (rows: number, row = '{"form":"A"}') => read('lap-screens', `{"screens":[${Array.from({ length: rows }, () => row).join(',')}]}`)
    expect(await Promise.all([csv(MAX_ROWS), json(MAX_ROWS)])).toEqual([MAX_ROWS, MAX_ROWS])
    expect(await Promise.all([csv(MAX_ROWS + 1), json(MAX_ROWS + 1)])).toEqual(Array(2).fill('The file has more than 100000 rows. Send it in parts.'))
    expect(await Promise.all([read('probation', 'a\n'.repeat(MAX_ROWS + 2)), json(MAX_ROWS + 1, '{}')])).toEqual([expect.stringContaining('has no column'), expect.stringContaining('No row of the file')])
  })
  it('an object with none of the members is no row of this mapping, among others that are', async () => {
    const read = mappingIn(readFileSync(join(root, 'samples/extracts/lap-screens.map.yml'), 'utf8'))
    if ('problems' in read) throw new Error('the sample mapping is wrong')
    const rows = await readRows(Buffer.from('{"screens":[{"form":"A"},{},{"other":1}]}'), read.mapping)
    expect('rows' in rows && rows.rows.map(({ broken, content }) => [broken?.cause, content])).toEqual([[undefined, '{"form":"A"}'], ['no-members', '{}'], ['no-members', '{"other":1}']])
  })
})
