/** Records of the flat file as the XML submission that says the same: for the samples and for the test that both formats give one event. */
import { parseRecord } from '../../apps/intake/src/feeds/nibrs/parse-record'
import { RecordCutter, readCounts } from '../../apps/intake/src/feeds/nibrs/read-records'
import type { Arrestee, GroupAIncident, GroupBSegment, NibrsRecord, Offender, Victim } from '../../apps/intake/src/feeds/nibrs/records'

/** The readable records of a flat file's text. */
export const recordsOf = (text: string): NibrsRecord[] => {
  const cutter = new RecordCutter(readCounts())
  return [...cutter.push(Buffer.from(text, 'latin1')), ...cutter.end()].map(parseRecord).flatMap((parsed) => parsed.ok ? [parsed.record] : [])
}

const escape = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
type Inner = string | readonly (string | undefined)[]
/** An element; '' where it has nothing to say. */
const el = (name: string, inner: Inner, attributes = ''): string => {
  const text = typeof inner === 'string' ? inner : inner.filter(Boolean).join('')
  return text === '' && attributes === '' ? '' : text === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${text}</${name}>`
}
const say = (name: string, value: string): string => el(name, escape(value.trim()))
const id = (value: string): string => ` s:id="${value}"`
const ref = (name: string, value: string): string => `<${name} s:ref="${value}"/>`
const day = (date: string): string => date === '' ? '' : `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`
const number = (value: string): string => el('nc:ActivityIdentification', say('nc:IdentificationID', value))

const RELATIONSHIPS: Readonly<Record<string, string>> = {
  SE: 'Family Member_Spouse', CS: 'Family Member_Spouse_Common Law', BG: 'Boyfriend_Girlfriend', XS: 'Ex_Spouse', XR: 'Ex_Relationship', HR: 'Homosexual relationship', AQ: 'Acquaintance', ST: 'Stranger',
  VO: 'Victim Was Offender', RU: 'Relationship Unknown', OK: 'NonFamily_Otherwise Known', FR: 'Friend', NE: 'Neighbor',
}
const LOSSES: Readonly<Record<string, string>> = { 1: 'NONE', 2: 'BURNED', 3: 'COUNTERFEITED', 4: 'DESTROYED_DAMAGED_VANDALIZED', 5: 'RECOVERED', 6: 'SEIZED', 7: 'STOLEN', 8: 'UNKNOWN' }

const age = (columns: string): string => {
  const text = columns.trim()
  if (/^\d{4}$/.test(text)) return el('nc:PersonAgeMeasure', el('nc:MeasureIntegerRange', [say('nc:RangeMaximumIntegerValue', text.slice(2)), say('nc:RangeMinimumIntegerValue', text.slice(0, 2))]))
  if (text === '00') return el('nc:PersonAgeMeasure', say('nc:MeasureValueText', 'UNKNOWN'))
  const word = { NN: 'NEONATAL', NB: 'NEWBORN', BB: 'BABY' }[text]
  return el('nc:PersonAgeMeasure', word ? say('nc:MeasureValueText', word) : say('nc:MeasureIntegerValue', text))
}
type Described = Pick<Victim | Offender | Arrestee | GroupBSegment, 'age' | 'sex' | 'race' | 'ethnicity'> & { readonly resident?: string }
const person = (key: string, p: Described): string =>
  el('nc:Person', [age(p.age), say('j:PersonEthnicityCode', p.ethnicity), say('j:PersonRaceNDExCode', p.race), say('j:PersonResidentCode', p.resident ?? ''), say('j:PersonSexCode', p.sex)], id(`Person${key}`))

const header = (record: NibrsRecord, category: string): string => {
  const [head] = record.segments
  return el('nibrs:ReportHeader', [
    say('nibrs:NIBRSReportCategoryCode', category), say('nibrs:ReportActionCategoryCode', record.action), el('nibrs:ReportDate', say('nc:YearMonthDate', `${head!.year}-${head!.month}`)),
    el('nibrs:ReportingAgency', el('j:OrganizationAugmentation', el('j:OrganizationORIIdentification', say('nc:IdentificationID', record.ori)))),
  ])
}

const arrests = (of: readonly (Arrestee | GroupBSegment)[]): string[] => [
  ...of.map((a) => person(`Arrestee${a.sequence}`, a)),
  ...of.map((a) => el('j:Arrestee', [
    ref('nc:RoleOfPerson', `PersonArrestee${a.sequence}`), say('j:ArrestSequenceID', a.sequence), a.level === '6' && a.clearanceIndicator !== '' ? say('j:ArresteeClearanceIndicator', a.clearanceIndicator === 'Y' ? 'true' : 'false') : '',
    ...a.weapons.map((w) => say('j:ArresteeArmedWithCode', w.code + w.automatic)), say('j:ArresteeJuvenileDispositionCode', a.disposition), a.level === '6' ? say('j:ArrestSubjectCountCode', a.multiple) : '',
  ], id(`Arrestee${a.sequence}`))),
  ...of.map((a) => el('j:Arrest', [
    number(a.level === '6' ? a.transaction : a.number), el('nc:ActivityDate', say('nc:Date', day(a.date))), el('j:ArrestCharge', say('nibrs:ChargeUCRCode', a.offense)), say('j:ArrestCategoryCode', a.type),
  ], id(`Arrest${a.sequence}`))),
]
const arrestAssociations = (of: readonly (Arrestee | GroupBSegment)[]): string[] => of.map((a) => el('j:ArrestSubjectAssociation', [ref('nc:Activity', `Arrest${a.sequence}`), ref('j:Subject', `Arrestee${a.sequence}`)]))

const groupA = (record: GroupAIncident): string[] => {
  const a = record.administrative
  const isDrug = (description: string, segment: GroupAIncident['properties'][number]) => description === '10' && segment.drugs.length > 0
  const value = (v: string, recovered: string) => el('nc:ItemValue', [v === '' ? '' : el('nc:ItemValueAmount', say('nc:Amount', String(Number(v)))), recovered === '' ? '' : el('nc:ItemValueDate', say('nc:Date', day(recovered)))])
  return [
    el('nc:Incident', [
      number(record.number), el('nc:ActivityDate', a.hour === '' ? say('nc:Date', day(a.incidentDate)) : say('nc:DateTime', `${day(a.incidentDate)}T${a.hour}:00:00`)),
      el('cjis:IncidentAugmentation', [say('cjis:IncidentReportDateIndicator', a.reportDateIndicator === 'R' ? 'true' : 'false'), a.cargoTheft === '' ? '' : say('cjis:OffenseCargoTheftIndicator', a.cargoTheft === 'Y' ? 'true' : 'false')]),
      el('j:IncidentAugmentation', [say('j:IncidentExceptionalClearanceCode', a.clearedExceptionally), a.exceptionalClearanceDate === '' ? '' : el('j:IncidentExceptionalClearanceDate', say('nc:Date', day(a.exceptionalClearanceDate)))]),
    ]),
    ...record.offenses.map((o, i) => el('j:Offense', [
      say('nibrs:OffenseUCRCode', o.code), ...o.criminalActivity.map((c) => say('nibrs:CriminalActivityCategoryCode', c)), ...o.bias.map((b) => say('j:OffenseFactorBiasMotivationCode', b === '88' ? 'NONE' : b)),
      say('j:OffenseStructuresEnteredQuantity', o.premises === '' ? '' : String(Number(o.premises))), ...o.suspectedOfUsing.map((c) => el('j:OffenseFactor', say('j:OffenseFactorCode', c))),
      o.methodOfEntry === '' ? '' : el('j:OffenseEntryPoint', say('j:PassagePointMethodCode', o.methodOfEntry)), ...o.weapons.map((w) => el('j:OffenseForce', say('j:ForceCategoryCode', w.code + w.automatic))),
      say('j:OffenseAttemptedIndicator', o.attempted === 'A' ? 'true' : 'false'),
    ], id(`Offense${i + 1}`))),
    ...record.offenses.map((o, i) => el('nc:Location', say('nibrs:LocationCategoryCode', o.location), id(`Location${i + 1}`))),
    ...record.properties.flatMap((p) => {
      const status = el('nc:ItemStatus', say('cjis:ItemStatusCode', LOSSES[p.loss] ?? p.loss))
      const vehicles = p.loss === '7' ? p.stolenVehicles : p.recoveredVehicles
      const plain = p.items.filter((item) => !isDrug(item.description, p)).map((item, i) => el('nc:Item', [
        status, value(item.value, item.recovered), say('j:ItemCategoryNIBRSPropertyCategoryCode', item.description), i === 0 && vehicles !== '' ? say('nc:ItemQuantity', String(Number(vehicles))) : '',
      ]))
      const drugs = p.drugs.map((d) => {
        const item = p.items.find(({ description }) => isDrug(description, p))
        return el('nc:Substance', [
          status, item ? value(item.value, item.recovered) : '', say('j:ItemCategoryNIBRSPropertyCategoryCode', item?.description ?? ''), say('j:DrugCategoryCode', d.type),
          el('nc:SubstanceQuantityMeasure', [d.whole === '' ? '' : say('nc:MeasureDecimalValue', `${Number(d.whole)}.${d.thousandths || '000'}`), say('j:SubstanceUnitCode', d.measure)]),
        ])
      })
      return plain.length + drugs.length === 0 ? [el('nc:Item', status)] : [...plain, ...drugs]
    }),
    ...record.victims.map((v) => person(`Victim${v.sequence}`, v)), ...record.offenders.map((o) => person(`Subject${o.sequence}`, o)),
    ...record.victims.filter((v) => v.activity + v.assignment + v.otherOri !== '').map((v) => el('j:EnforcementOfficial', [
      ref('nc:RoleOfPerson', `PersonVictim${v.sequence}`), say('j:EnforcementOfficialActivityCategoryCode', v.activity), say('j:EnforcementOfficialAssignmentCategoryCode', v.assignment),
      v.otherOri === '' ? '' : el('j:EnforcementOfficialUnit', el('j:OrganizationAugmentation', el('j:OrganizationORIIdentification', say('nc:IdentificationID', v.otherOri)))),
    ])),
    ...record.victims.map((v) => el('j:Victim', [
      ref('nc:RoleOfPerson', `PersonVictim${v.sequence}`), say('j:VictimSequenceNumberText', String(Number(v.sequence))), ...v.injuries.map((i) => el('j:VictimInjury', say('j:InjuryCategoryCode', i))), say('j:VictimCategoryCode', v.type),
      ...v.circumstances.map((c) => say('j:VictimAggravatedAssaultHomicideFactorCode', c)), say('j:VictimJustifiableHomicideFactorCode', v.justifiable),
    ], id(`Victim${v.sequence}`))),
    ...record.offenders.map((o) => el('j:Subject', [ref('nc:RoleOfPerson', `PersonSubject${o.sequence}`), say('j:SubjectSequenceNumberText', String(Number(o.sequence)))], id(`Subject${o.sequence}`))),
    ...arrests(record.arrestees),
    ...record.offenses.map((_, i) => el('j:OffenseLocationAssociation', [ref('j:Offense', `Offense${i + 1}`), ref('nc:Location', `Location${i + 1}`)])),
    ...record.victims.flatMap((v) => v.offenses.map((code) => el('j:OffenseVictimAssociation', [ref('j:Offense', `Offense${record.offenses.findIndex((o) => o.code === code) + 1}`), ref('j:Victim', `Victim${v.sequence}`)]))),
    ...record.victims.flatMap((v) => v.relations.map((r) => el('j:SubjectVictimAssociation', [ref('j:Subject', `Subject${r.offender}`), ref('j:Victim', `Victim${v.sequence}`), say('nibrs:VictimToSubjectRelationshipCode', RELATIONSHIPS[r.relationship] ?? r.relationship)]))),
    ...arrestAssociations(record.arrestees),
  ]
}

const report = (record: NibrsRecord): string => {
  const body = (category: string, parts: readonly string[]) => `  <nibrs:Report>\n${[header(record, category), ...parts].filter(Boolean).map((part) => `    ${part}\n`).join('')}  </nibrs:Report>\n`
  if (record.kind === 'groupA') return body('GROUP A INCIDENT REPORT', groupA(record))
  if (record.kind === 'groupB') return body('GROUP B ARREST REPORT', [...arrests(record.arrests), ...arrestAssociations(record.arrests)])
  if (record.kind === 'delete' && record.of === 'arrest') return body('GROUP B ARREST REPORT', [el('j:Arrest', number(record.number))])
  if (record.kind === 'delete' && record.of === 'incident') {
    const date = record.administrative?.incidentDate ?? ''
    return body('GROUP A INCIDENT REPORT', [el('nc:Incident', [number(record.number), date === '' ? '' : el('nc:ActivityDate', say('nc:Date', day(date)))])])
  }
  throw new Error(`a record of kind ${record.kind} has no XML form here`)
}

export const toXml = (records: readonly NibrsRecord[]): string => `<?xml version="1.0" encoding="UTF-8"?>
<nibrs:Submission xmlns:nibrs="http://fbi.gov/cjis/nibrs/2019" xmlns:cjis="http://fbi.gov/cjis/2.0" xmlns:nc="http://release.niem.gov/niem/niem-core/3.0/" xmlns:j="http://release.niem.gov/niem/domains/jxdm/5.2/" xmlns:s="http://release.niem.gov/niem/structures/3.0/">
${records.map(report).join('')}</nibrs:Submission>
`
