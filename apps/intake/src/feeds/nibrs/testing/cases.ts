/** For each edit a clean record, and a patch of it that breaks the edit. */
import * as r from './records'
import { line, type Line, type Patch } from './records'

export type Case = readonly [code: string, clean: readonly Line[], breaks: Patch]
const numberForms = (hundred: string, base: readonly Line[]): Case[] => {
  // The number is the same in all segments of a record, so every level of it says so under its own hundred.
  const all = (number: string): Patch => Object.fromEntries(['1', '2', '3', '4', '5', '6', '7'].map((level) => [level, { number }]))
  return [[`${hundred}15`, base, all('K26 00001')], [`${hundred}16`, base, all(' K26-0001')], [`${hundred}17`, base, all('K26+00001')]]
}
const ages = (base: readonly Line[], level: '4' | '5' | '6' | '7', codes: readonly [string, string, string, string, string?]): Case[] => {
  const [notLeft, odd, falling, unknown, notNumber] = codes
  return [[notLeft, base, { [level]: { age: '  34' } }], [odd, base, { [level]: { age: '3A40' } }], [falling, base, { [level]: { age: '4030' } }], [unknown, base, { [level]: { age: '0040' } }],
    ...(notNumber ? [[notNumber, base, { [level]: { age: '3X  ' } }] as const] : [])]
}
const arrests = (base: readonly Line[], level: '6' | '7', h: '6' | '7'): Case[] => [
  [`${h}01`, base, { [level]: { type: '' } }], [`${h}04`, base, { [level]: { race: 'Q' } }], [`${h}05`, base, { [level]: { date: '20260815' } }], [`${h}06`, base, { [level]: { weapons: ['12', '12'] } }],
  [`${h}07`, base, { [level]: { weapons: ['01', '12'] } }], [`${h}40`, base, { [level]: { age: '1518' } }], [`${h}41`, base, { [level]: { age: '99  ' } }],
  [`${h}52`, base, { [level]: { age: '16  ' } }], [`${h}53`, base, { [level]: { disposition: 'H' } }], [`${h}54`, base, { [level]: { weapons: ['12'], automatic: ['X'] } }],
  [`${h}55`, base, { [level]: { weapons: ['16'], automatic: ['A'] } }], [h === '6' ? '667' : '758', base, { [level]: { sex: 'U' } }],
]
const dead = { offense: '09C' }
const victim2 = (values: Line['values']): Line => line('4', { sequence: '002', type: 'I', age: '30  ', sex: 'F', race: 'W', ethnicity: 'N', resident: 'R', offenses: ['13A'], circumstances: ['06'], injuries: ['N'], relatedOffenders: ['01'], relationships: ['AQ'], ...values })
const offender2 = (values: Line['values'] = {}): Line => line('5', { sequence: '02', age: '40  ', sex: 'M', race: 'W', ethnicity: 'N', ...values })
const offense2 = (values: Line['values']): Line => line('2', { attempted: 'C', suspectedOfUsing: ['N'], location: '20', bias: '88', ...values })

export const CASES: readonly Case[] = [
  ...(['1', '2', '3', '4', '5'] as const).flatMap((h) => numberForms(h, r.larceny)), ...numberForms('6', r.assault), ...numberForms('7', r.groupB),
  ['004', r.zeroReport, { 0: { reportYear: '1989' } }], ['015', r.zeroReport, { 0: { number: '00000 000000' } }], ['016', r.zeroReport, { 0: { number: ' 00000000000' } }], ['017', r.zeroReport, { 0: { number: '00000+000000' } }],
  ['092', r.zeroReport, { 0: { number: '000000000001' } }], ['093', r.zeroReport, { 0: { reportYear: '2024' } }], ['094', r.zeroReport, { 0: { reportMonth: '08' } }],
  ['052', r.officer, { 4: { otherOri: 'KS-1' } }], ['058', r.simple, { 5: { month: '06' } }],
  ['065', r.assault, { plus: [offense2({ code: '13C' })] }], ['070', r.simple, { 4: { relatedOffenders: ['07'] } }], ['071', r.assault, { 1: { clearedExceptionally: 'B', exceptionalClearanceDate: '20260715' } }],
  ['072', r.burglary, { 3: { descriptions: ['20'] } }], ['073', r.carTheft, { 3: { recoveredVehicles: '02' } }], ['074', r.larceny, { without: ['3'] }],
  ['076', r.simple, { plus: [line('3', { loss: '7', descriptions: ['20'], values: ['000000020'] })] }], ['077', r.vandalism, { 2: { attempted: 'A' } }], ['078', r.vandalism, { 3: { loss: '8' } }],
  ['080', r.drugs, { 4: { type: 'G' } }], ['081', r.vandalism, { 3: { loss: '7' } }], ['084', r.burglary, { 3: { values: ['000000500'] } }], ['085', r.simple, { plus: [offender2(), offender2({ sequence: '03' })] }],
  ['099', r.groupB, { plus: [line('7', { ...r.groupB[0]!.values, sequence: '02' })] }],
  ['101', r.simple, { 1: { clearedExceptionally: '' } }], ['104', r.burglary, { 1: { cargoTheft: 'X' } }], ['105', r.simple, { 1: { clearedExceptionally: 'A', exceptionalClearanceDate: '20260230' } }],
  ['106', r.officer, { 1: { hour: '' } }], ['490', r.officer, { 1: { hour: '' } }], ['119', r.simple, { 1: { cargoTheft: 'N' } }], ['122', r.burglary, { 1: { cargoTheft: '' } }],
  ['151', r.simple, { 1: { reportDateIndicator: 'X' } }], ['152', r.simple, { 1: { hour: '24' } }], ['153', r.simple, { 1: { exceptionalClearanceDate: '20260720' } }], ['155', r.simple, { 1: { clearedExceptionally: 'A', exceptionalClearanceDate: '20260701' } }],
  ['156', r.simple, { 1: { clearedExceptionally: 'A' } }], ['157', r.modification, { 1: { clearedExceptionally: '' } }], ['170', r.simple, { 1: { incidentDate: '20260801' } }], ['171', r.simple, { 1: { incidentDate: '20241231' } }],
  ['172', r.simple, { 1: { incidentDate: '19901231' } }], ['175', r.simple, { 1: { month: '13' } }], ['197', r.incidentDelete, { 1: { incidentDate: '' } }],
  ['201', r.simple, { 2: { location: '' } }], ['202', r.burglary, { 2: { premises: '0A' } }], ['204', r.simple, { 2: { location: '88' } }], ['205', r.simple, { 2: { location: '58' } }], ['206', r.simple, { 2: { suspectedOfUsing: ['A', 'A'] } }],
  ['207', r.simple, { 2: { suspectedOfUsing: ['N', 'A'] } }], ['219', r.simple, { 2: { criminalActivity: ['P'] } }], ['220', r.drugs, { 2: { criminalActivity: [] } }], ['221', r.simple, { 2: { weapons: [] } }], ['222', r.larceny, { 2: { weapons: ['40'] } }],
  ['251', r.larceny, { 2: { attempted: 'X' } }], ['252', r.larceny, { 2: { premises: '02' } }], ['253', r.burglary, { 2: { methodOfEntry: '' } }], ['254', r.larceny, { 2: { methodOfEntry: 'F' } }], ['255', r.assault, { 2: { weapons: ['12'], automatic: ['X'] } }],
  ['256', r.simple, { 2: { attempted: 'A' } }], ['257', r.burglary, { 2: { premises: '' } }], ['258', r.assault, { 2: { automatic: ['A'] } }], ['262', r.simple, { plus: [offense2({ code: '13B', criminalActivity: ['N'], weapons: ['40'] })] }],
  ['263', r.simple, { plus: ['13C', '40A', '40B', '40C', '64A', '64B', '36A', '36B', '370', '720'].map((code) => offense2({ code })) }], ['264', r.simple, { 2: { code: '90C' } }], ['265', r.simple, { 2: { weapons: ['20'] } }],
  ['266', r.justified, { plus: [offense2({ code: '13C' })] }], ['267', r.justified, { 2: { weapons: ['99'] } }], ['268', r.larceny, { 3: { descriptions: ['03'] } }], ['269', r.simple, { 2: { weapons: ['12'] } }], ['270', r.justified, { 2: { bias: '11' } }],
  ['301', r.larceny, { 3: { loss: '' } }], ['302', r.larceny, { 3: { values: ['00000030A'] } }], ['304', r.larceny, { 3: { descriptions: ['40'] } }], ['305', r.burglary, { 3: { recoveredDates: ['20260231'] } }], ['306', r.burglary, { 3: { descriptions: ['26', '26'] } }],
  ['320', r.burglary, { 3: { recoveredDates: ['20260709'] } }], ['342', r.larceny, { 3: { values: ['001000000'] } }],
  ['343', r.carTheft, { without: ['3'], plus: [offense2({ code: '280', criminalActivity: ['P'] }), line('3', { loss: '5', descriptions: ['03'], values: ['000009000'], recoveredVehicles: '01' })] }],
  ['351', r.larceny, { 3: { values: ['000000000'] } }], ['352', r.larceny, { 3: { loss: '8' } }], ['353', r.larceny, { 3: { descriptions: ['88'] } }], ['354', r.larceny, { 3: { descriptions: [] } }], ['355', r.larceny, { 3: { recoveredDates: ['20260711'] } }],
  ['356', r.burglary, { 3: { values: [] } }], ['357', r.larceny, { 3: { stolenVehicles: '01' } }], ['358', r.carTheft, { without: ['3'], plus: [line('3', { loss: '7', descriptions: ['03'], values: ['000009000'] })] }],
  ['359', r.carTheft, { 3: { descriptions: ['26'] } }], ['360', r.larceny, { 3: { recoveredVehicles: '01' } }], ['361', r.carTheft, { 3: { recoveredVehicles: '' } }], ['372', r.larceny, { 3: { descriptions: [], values: [] } }], ['375', r.larceny, { 3: { descriptions: [] } }],
  ['376', r.larceny, { plus: [line('3', { loss: '7', descriptions: ['20'], values: ['000000020'] })] }],
  ['388', r.carTheft, { without: ['3'], plus: [line('3', { loss: '7', descriptions: ['03', '05', '37'], values: ['000009000', '000009000', '000009000'], stolenVehicles: '02' })] }],
  ['389', r.carTheft, { 3: { descriptions: ['03', '05', '37'], values: ['000000900', '000000900', '000000900'], recoveredVehicles: '02' } }], ['390', r.larceny, { 3: { descriptions: ['31'] } }], ['391', r.larceny, { 3: { descriptions: ['09'] } }],
  ['362', r.drugs, { 3: { drugTypes: ['E', 'X'] } }], ['363', r.drugs, { 3: { drugTypes: ['E', 'A', 'X'], drugWhole: ['000000012', '000000001', '000000001'], drugMeasures: ['GM', 'GM', 'GM'] } }], ['364', r.drugs, { 3: { drugMeasures: [] } }],
  ['365', r.larceny, { 3: { drugTypes: ['E'] } }], ['366', r.drugs, { 3: { drugTypes: [] } }], ['367', r.drugs, { 3: { drugTypes: ['A'], drugMeasures: ['NP'] } }], ['368', r.drugs, { 3: { drugWhole: [], drugThousandths: [] } }],
  ['382', r.larceny, { 3: { descriptions: ['10'], values: [] } }], ['383', r.drugs, { 3: { values: ['000000050'] } }], ['384', r.drugs, { 3: { drugMeasures: ['XX'] } }], ['387', r.drugs, { 3: { descriptions: ['10', '11'] } }],
  ['392', r.drugs, { without: ['3'], plus: [line('3', { loss: '1' })] }],
  ['401', r.simple, { 4: { injuries: [] } }], ['404', r.simple, { 4: { race: 'Q' } }], ['406', r.simple, { 4: { injuries: ['M', 'M'] } }], ['407', r.simple, { 4: { injuries: ['N', 'M'] } }], ['419', r.simple, { 4: { circumstances: ['06'] } }],
  ['449', r.assault, { 4: { age: '16  ' } }], ['450', r.assault, { 4: { age: '12  ' } }], ['453', r.simple, { 4: { sex: '' } }], ['454', r.officer, { 4: { activity: '' } }], ['455', r.justified, { 4: { justifiable: '' } }],
  ['456', r.assault, { 4: { circumstances: ['06', '10'] } }], ['457', r.assault, { 4: { justifiable: 'C' } }], ['458', r.vandalism, { 4: { sex: 'F' } }], ['459', r.larceny, { 4: { relatedOffenders: ['01'], relationships: ['XR'] } }],
  ['460', r.simple, { 4: { relationships: [] } }], ['461', r.burglary, { 4: { type: 'S' } }], ['462', r.assault, { 4: { circumstances: ['07'] } }], ['463', r.justified, { 4: { circumstances: ['06'] } }], ['464', r.simple, { 4: { type: 'B' } }],
  ['465', r.drugs, { 4: { type: 'I' } }], ['466', r.simple, { 4: { offenses: ['13B', '13C'] } }], ['467', r.vandalism, { 4: { type: 'S' } }], ['468', r.simple, { 4: { relatedOffenders: ['00'] } }], ['469', r.rape, { 4: { sex: 'U' } }],
  ['470', r.simple, { 4: { relationships: ['VO'] } }], ['471', r.mutual, { 4: { relationships: ['VO', 'VO'] } }], ['472', r.simple, { 5: { age: '00  ', sex: 'U', race: 'U' } }], ['474', r.mutual, { 4: { relationships: ['VO', 'BG'] } }],
  ['475', r.mutual, { 4: { relationships: ['SE', 'SE'] } }], ['476', r.assault, { plus: [victim2({ relationships: ['SE'] })] }], ['477', r.assault, { 4: { circumstances: ['30'] } }], ['478', r.assault, { 4: { offenses: ['13A', '13B'] } }],
  ['479', r.simple, { 4: { injuries: ['B'] } }], ['480', r.assault, { 4: { circumstances: ['08'] } }], ['481', r.rape, { 4: { offenses: ['36B'] } }], ['482', r.officer, { 4: { offenses: ['100'] } }], ['483', r.assault, { 4: { activity: '01' } }],
  ['501', r.simple, { 5: { race: '' } }], ['504', r.simple, { 5: { race: 'Q' } }], ['549', r.assault, { 5: { age: '17  ' } }], ['550', r.assault, { 5: { age: '12  ' } }], ['552', r.larceny, { 5: { sex: 'M' } }], ['553', r.simple, { 5: { sex: 'F' } }],
  ['554', r.simple, { 4: { relationships: ['PA'] } }], ['555', r.simple, { plus: [line('5', { sequence: '00' })] }], ['557', r.larceny, { 1: { clearedExceptionally: 'B', exceptionalClearanceDate: '20260720' } }],
  ['558', r.simple, { 1: { clearedExceptionally: 'B', exceptionalClearanceDate: '20260720' }, 5: { age: '00  ' } }], ['559', r.justified, { 5: { race: 'U' } }], ['560', r.rape, { 5: { sex: 'F' } }], ['572', r.simple, { 5: { age: '00  ', sex: 'U', race: 'U' } }],
  ...ages(r.simple, '4', ['408', '409', '410', '422']), ...ages(r.simple, '5', ['508', '509', '510', '522', '556']), ...ages(r.assault, '6', ['608', '609', '610', '622', '664']), ...ages(r.groupB, '7', ['708', '709', '710', '722', '757']),
  ...arrests(r.assault, '6', '6'), ...arrests(r.groupB, '7', '7'),
  ['623', r.assault, { 6: { clearanceIndicator: 'Y' } }], ['656', r.assault, { plus: [line('6', { ...r.assault[4]!.values, sequence: '02' })] }], ['665', r.assault, { 6: { date: '20260709' } }],
  ['668', r.assault, { 6: { clearanceIndicator: 'Y' }, plus: [offender2(), line('6', { ...r.assault[4]!.values, sequence: '02', clearanceIndicator: 'Y' })] }], ['669', r.justified, { plus: [r.assault[4]!] }], ['670', r.assault, { 6: dead }],
  ['671', r.assault, { 6: { clearanceIndicator: 'Y' } }], ['720', r.groupB, { 7: { date: '20241231' } }], ['751', r.groupB, { plus: [line('7', { ...r.groupB[0]!.values, offense: '90Z' })] }], ['760', r.groupB, { 7: { offense: '13B' } }],
  ['761', r.groupB, { 7: { offense: '90I' } }], ['797', r.arrestDelete, { 7: { date: '' } }],
]
