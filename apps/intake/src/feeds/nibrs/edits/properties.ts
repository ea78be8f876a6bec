/** Property segments: elements 14 to 19, and what they must be to the offences of the incident. */
import * as codes from '../codes'
import { isDate } from '../dates'
import type { GroupAIncident, Property } from '../records'
import { afterSubmission } from './dates-and-header'
import { anyWrong, digits, doubled, incident, property, propertyIn, wrong, type Edit } from './edit'

const has = (r: GroupAIncident, code: string): boolean => r.offenses.some((o) => o.code === code)
const completed = (r: GroupAIncident, code: string): boolean => r.offenses.some((o) => o.code === code && o.attempted !== 'A')
const descriptions = (p: Property): string[] => p.items.map((i) => i.description).filter((code) => code !== '')
const vehiclesIn = (p: Property): number => descriptions(p).filter((code) => codes.VEHICLES.has(code)).length
const forLoss = (r: GroupAIncident, loss: string): Property[] => r.properties.filter((p) => p.loss === loss)
const dollars = (value: string): number => (digits(value) ? Number(value) : 0)
const count = (value: string): number => (digits(value) ? Number(value) : 0)
/** Dollars of one loss, over the descriptions that `of` picks. */
const worth = (r: GroupAIncident, loss: string, of: (description: string) => boolean): number =>
  forLoss(r, loss).reduce((sum, p) => sum + p.items.reduce((s, i) => s + (of(i.description) ? dollars(i.value) : 0), 0), 0)
const withProperty = (r: GroupAIncident) => r.offenses.filter((o) => codes.OFFENSES_WITH_PROPERTY.has(o.code))
/** Of the offences that have property segments there is this one alone. */
const onlyOne = (r: GroupAIncident, code: string): boolean => { const own = withProperty(r); return own.length > 0 && own.every((o) => o.code === code) }
const isEmpty = (p: Property): boolean => p.items.length === 0 && p.drugs.length === 0 && p.stolenVehicles === '' && p.recoveredVehicles === ''
const LOSSES_OF_THINGS = ['2', '3', '4', '5', '6', '7']
const RECOVERED_WITHOUT_THEFT = ['250', '280']

export const propertyEdits: readonly Edit[] = [
  incident('072', '3', '15', (r) => {
    if (r.action !== 'I' || r.offenses.some((o) => RECOVERED_WITHOUT_THEFT.includes(o.code))) return false
    const stolen = new Set(forLoss(r, '7').flatMap(descriptions))
    const vehicleStolen = [...stolen].some((code) => codes.VEHICLES.has(code))
    return forLoss(r, '5').flatMap(descriptions).some((code) => !stolen.has(code) && !(code === '38' && vehicleStolen))
  }),
  incident('073', '3', '19', (r) => {
    const sum = (pick: (p: Property) => string) => r.properties.reduce((n, p) => n + count(pick(p)), 0)
    // 00 is "unknown", and no number is greater than the unknown.
    const unknown = forLoss(r, '7').some((p) => p.stolenVehicles !== '' && count(p.stolenVehicles) === 0)
    return !unknown && sum((p) => p.recoveredVehicles) > sum((p) => p.stolenVehicles)
  }),
  incident('074', '3', '6', (r) => withProperty(r).length > 0 && r.properties.length === 0),
  incident('076', '3', '6', (r) => withProperty(r).length === 0 && r.properties.length > 0),
  incident('077', '3', '14', (r) => withProperty(r).some((o) => o.attempted === 'A') && r.properties.length > 0 && !r.properties.some((p) => p.loss === '1' || p.loss === '8')),
  incident('078', '3', '14', (r) => withProperty(r).some((o) => o.attempted === 'C' && !r.properties.some((p) => codes.lossesFor(o.code, false).has(p.loss)))),
  propertyIn('081', '14', (p, r) => withProperty(r).length > 0 && p.loss !== '' && !withProperty(r).some((o) => codes.lossesFor(o.code, o.attempted === 'A').has(p.loss))),
  incident('084', '3', '16', (r) => {
    const stolen = new Set(forLoss(r, '7').flatMap(descriptions))
    const vehicles = (code: string) => codes.VEHICLES.has(code)
    return forLoss(r, '5').flatMap(descriptions).some((code) => stolen.has(code)
      ? worth(r, '5', (d) => d === code) > worth(r, '7', (d) => d === code)
      : code === '38' && [...stolen].some(vehicles) && worth(r, '5', (d) => d === '38') > worth(r, '7', vehicles))
  }),
  property('301', '14', (p) => p.loss === ''),
  property('302', '16', (p) => p.items.some((i) => i.value !== '' && !/^\d{9}$/.test(i.value))),
  property('302', '18', (p) => p.stolenVehicles !== '' && !/^\d\d$/.test(p.stolenVehicles)),
  property('302', '19', (p) => p.recoveredVehicles !== '' && !/^\d\d$/.test(p.recoveredVehicles)),
  property('302', '21', (p) => p.drugs.some((d) => d.whole !== '' && !/^\d{9}$/.test(d.whole) || d.thousandths !== '' && !/^\d{3}$/.test(d.thousandths))),
  property('304', '14', (p) => wrong(codes.LOSSES, p.loss)),
  property('304', '15', (p) => anyWrong(codes.DESCRIPTIONS, descriptions(p))),
  property('305', '17', (p) => p.items.some((i) => i.recovered !== '' && (!isDate(i.recovered) || afterSubmission(i.recovered, p)))),
  property('306', '15', (p) => doubled(descriptions(p))),
  propertyIn('320', '17', (p, r) => p.items.some((i) => isDate(i.recovered) && i.recovered < r.administrative.incidentDate)),
  property('342', '16', (p) => p.items.some((i) => dollars(i.value) >= 1_000_000)),
  incident('343', '3', '15', (r) => has(r, '280') && has(r, '240') && forLoss(r, '5').some((p) => vehiclesIn(p) > 0) && !forLoss(r, '7').some((p) => vehiclesIn(p) > 0)),
  property('351', '16', (p) => p.items.some((i) => /^0+$/.test(i.value) && !codes.WORTHLESS.has(i.description) && i.description !== '77' && i.description !== '99')),
  propertyIn('352', '15', (p, r) => p.loss === '8' && !isEmpty(p)
    || p.loss === '1' && (p.items.length > 0 || p.stolenVehicles !== '' || p.recoveredVehicles !== '' || p.drugs.some((d) => !has(r, '35A') || d.whole !== '' || d.thousandths !== '' || d.measure !== ''))),
  property('353', '16', (p) => p.items.some((i) => i.description === '88' && dollars(i.value) !== 1)),
  property('354', '15', (p) => p.items.some((i) => i.value !== '' && i.description === '')),
  property('355', '17', (p) => p.loss !== '5' && p.items.some((i) => i.recovered !== '')),
  property('356', '17', (p) => p.items.some((i) => i.recovered !== '' && (i.description === '' || i.value === ''))),
  propertyIn('357', '18', (p, r) => p.stolenVehicles !== '' && !(p.loss === '7' && completed(r, '240'))),
  propertyIn('358', '18', (p, r) => p.loss === '7' && completed(r, '240') && p.stolenVehicles === ''),
  property('359', '15', (p) => (count(p.stolenVehicles) > 0 || count(p.recoveredVehicles) > 0) && vehiclesIn(p) === 0),
  propertyIn('360', '19', (p, r) => p.recoveredVehicles !== '' && !(p.loss === '5' && completed(r, '240'))),
  propertyIn('361', '19', (p, r) => p.loss === '5' && has(r, '240') && vehiclesIn(p) > 0 && p.recoveredVehicles === ''),
  property('372', '15', (p) => LOSSES_OF_THINGS.includes(p.loss) && isEmpty(p)),
  property('375', '15', (p) => LOSSES_OF_THINGS.includes(p.loss) && descriptions(p).length === 0),
  incident('376', '3', '14', (r) => doubled(r.properties.map((p) => p.loss))),
  property('388', '18', (p) => vehiclesIn(p) > 1 && count(p.stolenVehicles) > 0 && count(p.stolenVehicles) < vehiclesIn(p)),
  property('389', '19', (p) => vehiclesIn(p) > 1 && count(p.recoveredVehicles) > 0 && count(p.recoveredVehicles) < vehiclesIn(p)),
  propertyIn('390', '15', (p, r) => withProperty(r).length > 0 && descriptions(p).some((code) => withProperty(r).every((o) => codes.illogicalFor(o.code).has(code)))),
  property('391', '16', (p) => p.items.some((i) => codes.WORTHLESS.has(i.description) && dollars(i.value) > 0)),
]

/** Drugs: elements 20 to 22, and drugs or their equipment among the things. */
export const drugEdits: readonly Edit[] = [
  property('304', '20', (p) => anyWrong(codes.DRUG_TYPES, p.drugs.map((d) => d.type).filter((type) => type !== ''))),
  property('304', '22', (p) => anyWrong(codes.DRUG_MEASURES, p.drugs.map((d) => d.measure).filter((measure) => measure !== ''))),
  property('306', '20', (p) => {
    const known = p.drugs.filter((d) => d.type !== '')
    return doubled(known.map((d) => (d.type === 'U' ? 'U' : `${d.type} ${codes.measureKind(d.measure)}`)))
  }),
  property('362', '20', (p) => p.drugs.some((d) => d.type === 'X') && p.drugs.filter((d) => d.type !== '').length < 3),
  property('363', '21', (p) => p.drugs.some((d) => d.type === 'X' && (d.whole !== '' || d.thousandths !== '' || d.measure !== ''))),
  propertyIn('364', '21', (p, r) => has(r, '35A') && p.loss === '6' && descriptions(p).includes('10') && p.drugs.some((d) => d.type !== '' && d.type !== 'X' && (d.whole === '' || d.measure === ''))),
  propertyIn('365', '20', (p, r) => p.drugs.some((d) => d.type !== '') && !(has(r, '35A') && (p.loss === '1' || p.loss === '6' && descriptions(p).includes('10')))),
  property('366', '21', (p) => p.drugs.some((d) => (d.whole !== '' || d.thousandths !== '') && (d.type === '' || d.measure === ''))),
  property('367', '22', (p) => p.drugs.some((d) => d.measure === 'NP' && !['E', 'G', 'K'].includes(d.type))),
  property('368', '22', (p) => p.drugs.some((d) => d.measure !== '' && (d.type === '' || d.whole === ''))),
  propertyIn('382', '15', (p, r) => !has(r, '35A') && p.items.some((i) => i.description === '10' && i.value === '')),
  propertyIn('383', '16', (p, r) => onlyOne(r, '35A') && p.items.some((i) => i.description === '10' && dollars(i.value) > 0)),
  property('384', '21', (p) => p.drugs.some((d) => d.measure === 'XX' && d.whole + d.thousandths !== '000000001000')),
  propertyIn('387', '15', (p, r) => p.loss === '6' && (onlyOne(r, '35A') && descriptions(p).includes('11') || onlyOne(r, '35B') && descriptions(p).includes('10'))),
  propertyIn('392', '20', (p, r) => has(r, '35A') && p.loss === '1' && !p.drugs.some((d) => d.type !== '')),
]
