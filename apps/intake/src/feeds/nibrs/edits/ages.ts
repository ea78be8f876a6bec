/** The form of an age, the same for victims, offenders and arrestees, each under its own numbers. */
import { ageOf } from '../dates'
import { arrest, arrestee, offender, victim, type Edit } from './edit'

interface Aged { readonly age: string }
/** Filled, but the first column is blank. */
const notLeft = ({ age }: Aged) => age.startsWith(' ') && age.trim() !== ''
/** More than two characters, and not four digits. */
const oddRange = ({ age }: Aged) => age.trim().length > 2 && !/^\d{4}$/.test(age)
const isRange = (age: string) => /^\d{4}$/.test(age) && !age.endsWith('00')
const notRising = ({ age }: Aged) => isRange(age) && age.slice(0, 2) >= age.slice(2)
const fromUnknown = ({ age }: Aged) => isRange(age) && age.startsWith('00')
/** One or two characters that are neither a number nor a word for an infant. */
const notNumber = ({ age }: Aged) => !age.startsWith(' ') && /^\S{1,2}$/.test(age.trim()) && ageOf(age).kind === 'unreadable'

export const ageEdits: readonly Edit[] = [
  victim('408', '26', notLeft), victim('409', '26', oddRange), victim('410', '26', notRising), victim('422', '26', fromUnknown),
  offender('508', '37', notLeft), offender('509', '37', oddRange), offender('510', '37', notRising), offender('522', '37', fromUnknown), offender('556', '37', notNumber),
  arrestee('608', '47', notLeft), arrestee('609', '47', oddRange), arrestee('610', '47', notRising), arrestee('622', '47', fromUnknown), arrestee('664', '47', notNumber),
  arrest('708', '47', notLeft), arrest('709', '47', oddRange), arrest('710', '47', notRising), arrest('722', '47', fromUnknown), arrest('757', '47', notNumber),
]
