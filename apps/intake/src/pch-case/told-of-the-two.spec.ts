import type { Told } from '../person-match/person'
import { isToldAsAnother, type ToldInReport } from './told-of-the-two'

const INDEX = { time: '2026-07-02T20:10', dateOf: 'incident' as const }
const named = (name?: string, age?: number): ToldInReport => ({ ...(name !== undefined && { name }), ...(age !== undefined && { age: { precision: 'year', from: age, to: age } }) })
/** The referral's subject and partner, against a report with a victim and an offender, who is said to be the subject. */
const isAnother = (subject: Told, partner: Told, victim: ToldInReport, offender: ToldInReport): boolean => isToldAsAnother(subject, partner, new Map([['v', victim], ['o', offender]]), 'o', INDEX)
const [HER, HIM] = [named('Zimmer, Wanda'), named('Quade, Milo')]

describe('a referral whose sides are exchanged', () => {
  it.each([
    ['by their names', 'Wanda Zimmer', 'Milo Quade', HER, HIM], ['with middle names', 'Wanda M. Zimmer', 'Milo J. Quade', HER, HIM], ['with a typo in each', 'Wanda Zimer', 'Milo Quadde', HER, HIM],
    ['by short names', 'Liz Zimmer', 'Bill Quade', named('Zimmer, Elizabeth'), named('Quade, William')], ['with two surnames', 'Maria Garcia Perez', 'Juan Lopez Ruiz', named('Garcia, Maria'), named('Lopez, Juan')],
    ['where the report does not name the offender', 'Wanda Zimmer', 'Milo Quade', HER, named()], ['where their names are nearly one', 'Maria Lopez', 'Mario Lopez', named('Lopez, Maria'), named('Lopez, Mario')],
  ] as const)('is told %s', (_, subject, partner, victim, offender) => {
    expect(isAnother({ name: subject }, { name: partner }, victim, offender)).toBe(true)
    expect(isAnother({ name: partner }, { name: subject }, victim, offender)).toBe(false)
  })
  it('is not told by the one surname of the married', () => {
    expect(isAnother({ name: 'John Smith' }, {}, named('Smith, Jane'), named())).toBe(false)
    expect(isAnother({ name: 'John Smith' }, { name: 'Jane Smith' }, named('Smith, Jane'), named())).toBe(false)
  })
  it('is told by ages alone where no name speaks: a guess outweighs no name', () => {
    const born = { birthDate: '1985-01-31' }
    expect(isAnother(born, {}, named(undefined, 41), named(undefined, 30))).toBe(true)
    expect(isAnother({ name: 'Milo Quade', ...born }, { name: 'Wanda Zimmer' }, { ...HER, ...named(undefined, 41) }, { ...HIM, ...named(undefined, 37) })).toBe(false)
    expect(isAnother({ name: 'Quinn Quimby', ...born }, { name: 'Wilma Wu' }, { ...named('Wu, Wilma', 41) }, named('Quimby, Quin', 37))).toBe(false)
  })
})
