/** Offence segments: elements 6 to 13. */
import * as codes from '../codes'
import type { Offense } from '../records'
import { anyWrong, doubled, incident, notAlone, offense, offenseIn, wrong, type Edit } from './edit'

const weaponCodes = (o: Offense) => o.weapons.map((w) => w.code).filter((code) => code !== '')
const isHotelOrStorage = (o: Offense) => o.location === '14' || o.location === '19'

export const offenseEdits: readonly Edit[] = [
  offense('201', '7', (o) => o.attempted === ''),
  offense('201', '8', (o) => o.suspectedOfUsing.length === 0),
  offense('201', '8A', (o) => o.bias.length === 0),
  offense('201', '9', (o) => o.location === ''),
  offense('202', '10', (o) => o.premises !== '' && (!/^\d\d$/.test(o.premises) || o.premises === '00')),
  offense('204', '6', (o) => o.code !== '' && !codes.GROUP_A_OFFENSES.has(o.code) && !codes.GROUP_B_OFFENSES.has(o.code)),
  offense('204', '8', (o) => anyWrong(codes.SUSPECTED_OF_USING, o.suspectedOfUsing)),
  offense('204', '8A', (o) => anyWrong(codes.BIASES, o.bias)),
  offense('204', '9', (o) => wrong(codes.LOCATIONS, o.location)),
  offense('204', '11', (o) => wrong(codes.METHODS_OF_ENTRY, o.methodOfEntry)),
  offense('204', '12', (o) => anyWrong(codes.ACTIVITIES, o.criminalActivity)),
  offense('204', '13', (o) => anyWrong(codes.WEAPONS, weaponCodes(o))),
  offense('205', '9', (o) => o.location === '58' && !codes.OFFENSES_IN_CYBERSPACE.has(o.code)),
  offense('206', '8', (o) => doubled(o.suspectedOfUsing)),
  offense('206', '8A', (o) => doubled(o.bias)),
  offense('206', '12', (o) => doubled(o.criminalActivity)),
  offense('206', '13', (o) => doubled(o.weapons.map((w) => w.code + w.automatic))),
  offense('207', '8', (o) => notAlone('N', o.suspectedOfUsing)),
  offense('207', '8A', (o) => notAlone('88', o.bias)),
  offense('207', '12', (o) => notAlone('N', o.criminalActivity)),
  offense('207', '13', (o) => notAlone('99', weaponCodes(o))),
  offense('219', '12', (o) => o.criminalActivity.some((code) =>
    codes.GANG_CODES.has(code) ? !codes.OFFENSES_WITH_GANG.has(o.code) : codes.ANIMAL_CODES.has(code) ? o.code !== '720' : codes.ACTIVITIES.has(code) && (!codes.OFFENSES_WITH_ACTIVITY.has(o.code) || o.code === '720'))),
  offense('220', '12', (o) => codes.OFFENSES_WITH_ACTIVITY.has(o.code) && o.criminalActivity.length === 0),
  offense('221', '13', (o) => codes.OFFENSES_WITH_WEAPON.has(o.code) && weaponCodes(o).length === 0),
  offense('222', '13', (o) => !codes.OFFENSES_WITH_WEAPON.has(o.code) && weaponCodes(o).length > 0),
  offense('251', '7', (o) => o.attempted !== '' && o.attempted !== 'A' && o.attempted !== 'C'),
  offense('252', '10', (o) => o.premises !== '' && !(o.code === '220' && isHotelOrStorage(o))),
  offense('253', '11', (o) => o.code === '220' && o.methodOfEntry === ''),
  offense('254', '11', (o) => o.code !== '220' && o.methodOfEntry !== ''),
  offense('255', '13', (o) => o.weapons.some((w) => w.automatic !== '' && w.automatic !== 'A')),
  offense('256', '7', (o) => (codes.HOMICIDES.has(o.code) || codes.ASSAULTS.has(o.code)) && o.attempted !== 'C'),
  offense('257', '10', (o) => o.code === '220' && isHotelOrStorage(o) && o.premises === ''),
  offense('258', '13', (o) => o.weapons.some((w) => w.automatic === 'A' && !codes.FIREARMS.has(w.code))),
  incident('262', '2', '6', (r) => doubled(r.offenses.map((o) => o.code))),
  incident('263', '2', '6', (r) => r.offenses.length > 10),
  offense('264', '6', (o) => codes.GROUP_B_OFFENSES.has(o.code)),
  offense('265', '13', (o) => o.code === '13B' && weaponCodes(o).some((code) => !['40', '90', '95', '99'].includes(code))),
  incident('266', '2', '6', (r) => r.offenses.length > 1 && r.offenses.some((o) => o.code === '09C')),
  offense('267', '13', (o) => codes.HOMICIDES.has(o.code) && weaponCodes(o).includes('99')),
  // Stolen vehicles belong to 240; an incident that has another offence against property may have taken them so.
  incident('268', '2', '6', (r) => r.offenses.some((o) => codes.LARCENIES.has(o.code))
    && !r.offenses.some((o) => codes.PROPERTY_OFFENSES.has(o.code) && !codes.LARCENIES.has(o.code))
    && r.properties.some((p) => p.loss === '7' && p.items.some((i) => codes.VEHICLES.has(i.description)))),
  offense('269', '13', (o) => o.code === '13B' && weaponCodes(o).some((code) => codes.FIREARMS.has(code))),
  offense('270', '8A', (o) => o.code === '09C' && o.bias.some((code) => code !== '88')),
  offenseIn('065', '6', (o, r) => o.code !== '' && !r.victims.some((v) => v.offenses.includes(o.code))),
]
