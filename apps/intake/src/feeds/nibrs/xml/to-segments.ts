/**
 * One nibrs:Report as the segments that the flat file would have for it, each with the line of its element. So the record,
 * its edits and its events are made by one code from both formats. What the flat file has no column for is not left out
 * silently: an element that is not known, or stands twice, refuses the report by the element's name.
 */
import type { RawLine } from '../read-records'
import type { Action, Level } from '../layout'
import { COLUMNS } from '../layout'
import { writeSegment, type SegmentValues } from '../write-segment'
import { Unreadable, type XmlNode } from './node'
import { all, armed, at, day, digits, flag, one, said, textOf, wrong } from './values'
import { ageWordOf, biasOf, lossOf, relationshipOf } from './words'

const KNOWN = new Set(`
nibrs:Report nibrs:ReportHeader nibrs:NIBRSReportCategoryCode nibrs:ReportActionCategoryCode nibrs:ReportDate nibrs:ReportingAgency nibrs:OffenseUCRCode nibrs:CriminalActivityCategoryCode nibrs:LocationCategoryCode
nibrs:VictimToSubjectRelationshipCode nibrs:ChargeUCRCode
cjis:OrganizationAugmentation cjis:DirectReportingCityIdentification cjis:IncidentAugmentation cjis:IncidentReportDateIndicator cjis:OffenseCargoTheftIndicator cjis:ItemStatusCode
nc:YearMonthDate nc:Date nc:DateTime nc:IdentificationID nc:Incident nc:ActivityIdentification nc:ActivityDate nc:Location nc:Item nc:Substance nc:ItemStatus nc:ItemValue nc:ItemValueAmount nc:Amount nc:ItemValueDate
nc:ItemQuantity nc:SubstanceQuantityMeasure nc:MeasureDecimalValue nc:Person nc:PersonAgeMeasure nc:MeasureIntegerValue nc:MeasureValueText nc:MeasureIntegerRange nc:RangeMaximumIntegerValue nc:RangeMinimumIntegerValue nc:RoleOfPerson nc:Activity
j:OrganizationAugmentation j:OrganizationORIIdentification j:IncidentAugmentation j:IncidentExceptionalClearanceCode j:IncidentExceptionalClearanceDate j:Offense j:OffenseFactorBiasMotivationCode j:OffenseStructuresEnteredQuantity
j:OffenseFactor j:OffenseFactorCode j:OffenseForce j:ForceCategoryCode j:OffenseAttemptedIndicator j:OffenseEntryPoint j:PassagePointMethodCode j:ItemCategoryNIBRSPropertyCategoryCode j:DrugCategoryCode j:SubstanceUnitCode
j:PersonEthnicityCode j:PersonRaceNDExCode j:PersonResidentCode j:PersonSexCode j:Victim j:VictimSequenceNumberText j:VictimInjury j:InjuryCategoryCode j:VictimCategoryCode j:VictimAggravatedAssaultHomicideFactorCode
j:VictimJustifiableHomicideFactorCode j:Subject j:SubjectSequenceNumberText j:OffenseLocationAssociation j:OffenseVictimAssociation j:SubjectVictimAssociation j:ArrestSubjectAssociation
j:EnforcementOfficial j:EnforcementOfficialActivityCategoryCode j:EnforcementOfficialAssignmentCategoryCode j:EnforcementOfficialUnit
j:Arrestee j:ArrestSequenceID j:ArresteeClearanceIndicator j:ArresteeArmedWithCode j:ArresteeJuvenileDispositionCode j:ArrestSubjectCountCode j:Arrest j:ArrestCharge j:ArrestCategoryCode
`.trim().split(/\s+/))

/** Throws Unreadable. */
export const segmentsOf = (report: XmlNode): RawLine[] => {
  const ids = new Map<string, XmlNode>()
  walk(report, (node) => {
    if (!KNOWN.has(node.name)) throw new Unreadable('xml-unknown-element', node.line, `${/^[\w:.-]{1,60}$/.test(node.name) ? `the element ${node.name}` : 'an element'} is not known in a NIBRS report: what it says would be lost; leave it out, or ask for it to be read`)
    if (node.children.length > 0 && node.text.trim() !== '') throw new Unreadable('xml-unknown-value', node.line, `text stands between the elements of ${node.name}: leave it out`)
    if (/[^ -~\s]/.test(node.text)) throw new Unreadable('xml-unknown-value', node.line, `${node.name} has a character that is no plain ASCII, which no NIBRS code or number has`)
    if (node.id === undefined) return
    if (ids.has(node.id)) throw new Unreadable('xml-reference', node.line, `the s:id of ${node.name} stands twice in the report: nobody could tell which is meant`)
    ids.set(node.id, node)
  })
  return new Report(report, ids).lines()
}

const walk = (node: XmlNode, see: (node: XmlNode) => void): void => { see(node); for (const child of node.children) walk(child, see) }
const DIRECTIONS: Readonly<Record<string, readonly string[]>> = { 'GROUP A INCIDENT REPORT': ['I', 'R', 'D'], 'GROUP B ARREST REPORT': ['A', 'R', 'D'] }

class Report {
  private readonly header: XmlNode | undefined
  private readonly out: RawLine[] = []
  private head: SegmentValues = {}

  constructor(private readonly report: XmlNode, private readonly ids: ReadonlyMap<string, XmlNode>) { this.header = one(report, 'nibrs:ReportHeader') }

  lines(): RawLine[] {
    const { header, report } = this
    if (!header) throw new Unreadable('xml-unknown-value', report.line, 'the report has no nibrs:ReportHeader: nobody could tell what it is')
    const category = this.needed(one(header, 'nibrs:NIBRSReportCategoryCode'), header, 'nibrs:NIBRSReportCategoryCode')
    const kind = textOf(category).toUpperCase()
    const actions = DIRECTIONS[kind]
    if (!actions) throw wrong(category, `is none that is read: ${Object.keys(DIRECTIONS).join(', ')}. Send a zero report or a time-window report as a flat file`)
    const action = this.needed(one(header, 'nibrs:ReportActionCategoryCode'), header, 'nibrs:ReportActionCategoryCode')
    if (!actions.includes(textOf(action))) throw wrong(action, `must be one of ${actions.join(', ')} in a ${kind.toLowerCase()}`)
    const date = at(header, 'nibrs:ReportDate', 'nc:YearMonthDate')
    const month = textOf(date) === '' ? undefined : /^(\d{4})-(\d\d)$/.exec(textOf(date))
    if (month === null) throw wrong(date!, 'is no month: write YYYY-MM')
    const agency = one(header, 'nibrs:ReportingAgency')
    const ori = this.needed(at(agency, 'j:OrganizationAugmentation', 'j:OrganizationORIIdentification', 'nc:IdentificationID'), header, 'the ORI of nibrs:ReportingAgency')
    if (!/^[A-Z][A-Z0-9]{8}$/.test(textOf(ori))) throw wrong(ori, "must be the agency's ORI, nine capital letters or digits")
    this.head = {
      action: textOf(action), month: month?.[2] ?? '', year: month?.[1] ?? '', ori: textOf(ori),
      cityIndicator: textOf(at(agency, 'cjis:OrganizationAugmentation', 'cjis:DirectReportingCityIdentification', 'nc:IdentificationID')),
    }
    if (kind === 'GROUP B ARREST REPORT') this.groupB(textOf(action) as Action)
    else this.groupA(textOf(action) as Action)
    return this.out
  }

  private groupA(action: Action): void {
    const incident = this.needed(one(this.report, 'nc:Incident'), this.report, 'nc:Incident')
    this.number(at(incident, 'nc:ActivityIdentification', 'nc:IdentificationID'), incident)
    const when = one(incident, 'nc:ActivityDate')
    const [moment, date] = [one(when, 'nc:DateTime'), one(when, 'nc:Date')]
    const incidentDate = day(moment) || day(date)
    if (moment && date && day(moment) !== day(date)) throw wrong(date, 'and nc:DateTime beside it name different days: one of them is wrong')
    const hour = textOf(moment) === '' ? '' : /^.{10}T(\d\d):\d\d(:\d\d)?/.exec(textOf(moment))?.[1]
    if (hour === undefined) throw wrong(moment!, 'has no hour: write YYYY-MM-DDTHH:MM:SS, or the day alone as nc:Date')
    if (/(Z|[+-]\d\d:?\d\d)$/.test(textOf(moment).slice(11))) throw wrong(moment!, 'has an offset from UTC: NIBRS times are local times of the agency')
    if (action === 'D') {
      this.put('1', incident, { incidentDate }, 45)
      return
    }
    const clearance = one(incident, 'j:IncidentAugmentation')
    this.put('1', incident, {
      incidentDate, hour,
      reportDateIndicator: flag(at(incident, 'cjis:IncidentAugmentation', 'cjis:IncidentReportDateIndicator'), 'R', ''),
      clearedExceptionally: textOf(one(clearance, 'j:IncidentExceptionalClearanceCode')),
      exceptionalClearanceDate: day(at(clearance, 'j:IncidentExceptionalClearanceDate', 'nc:Date')),
      cargoTheft: flag(at(incident, 'cjis:IncidentAugmentation', 'cjis:OffenseCargoTheftIndicator'), 'Y', 'N'),
    })
    for (const offense of all(this.report, 'j:Offense')) this.offense(offense)
    this.properties()
    for (const victim of all(this.report, 'j:Victim')) this.victim(victim)
    for (const subject of all(this.report, 'j:Subject')) this.put('5', subject, { sequence: digits(one(subject, 'j:SubjectSequenceNumberText'), 2), ...this.person(subject, false) })
    for (const arrestee of all(this.report, 'j:Arrestee')) {
      const arrest = this.arrestOf(arrestee)
      this.put('6', arrestee, {
        ...this.arrested(arrestee, arrest), transaction: textOf(at(arrest, 'nc:ActivityIdentification', 'nc:IdentificationID')), multiple: textOf(one(arrestee, 'j:ArrestSubjectCountCode')),
        clearanceIndicator: flag(one(arrestee, 'j:ArresteeClearanceIndicator'), 'Y', 'N'),
      })
    }
  }

  private groupB(action: Action): void {
    const arrestees = all(this.report, 'j:Arrestee')
    const arrests = all(this.report, 'j:Arrest')
    const first = this.needed(arrests[0], this.report, 'j:Arrest')
    const id = at(first, 'nc:ActivityIdentification', 'nc:IdentificationID')
    this.number(id, first)
    const other = arrests.find((arrest) => textOf(at(arrest, 'nc:ActivityIdentification', 'nc:IdentificationID')) !== textOf(id))
    if (other) throw wrong(other, 'has another number than the arrest before it: each arrest needs a report of its own')
    if (arrestees.length === 0) {
      if (action !== 'D') throw new Unreadable('xml-unknown-value', this.report.line, 'the report of an arrest has no j:Arrestee')
      this.put('7', first, {}, 37)
      return
    }
    for (const arrestee of arrestees) {
      const arrest = this.arrestOf(arrestee)
      const values = this.arrested(arrestee, arrest)
      if (action === 'D') this.put('7', arrestee, { sequence: values.sequence!, date: values.date! }, 47)
      else this.put('7', arrestee, values)
    }
  }

  private offense(offense: XmlNode): void {
    const places = all(this.report, 'j:OffenseLocationAssociation').filter((association) => this.ref(association, 'j:Offense') === offense)
    if (places[1]) throw new Unreadable('xml-repeated', places[1].line, 'one offence has two places: one of them would be lost')
    const place = places[0] && this.ref(places[0], 'nc:Location')
    const bias = all(offense, 'j:OffenseFactorBiasMotivationCode').map((node) => said(node, biasOf, 'bias motivations'))
    this.put('2', offense, {
      code: textOf(one(offense, 'nibrs:OffenseUCRCode')), attempted: flag(one(offense, 'j:OffenseAttemptedIndicator'), 'A', 'C'),
      suspectedOfUsing: all(offense, 'j:OffenseFactor').flatMap((factor) => all(factor, 'j:OffenseFactorCode')).map(textOf),
      location: textOf(one(place, 'nibrs:LocationCategoryCode')), premises: digits(one(offense, 'j:OffenseStructuresEnteredQuantity'), 2),
      methodOfEntry: textOf(at(offense, 'j:OffenseEntryPoint', 'j:PassagePointMethodCode')),
      criminalActivity: all(offense, 'nibrs:CriminalActivityCategoryCode').map(textOf),
      ...armed(all(offense, 'j:OffenseForce').flatMap((force) => all(force, 'j:ForceCategoryCode'))),
      ...(bias.length > 0 && { bias: bias[0]!, moreBias: bias.slice(1) }),
    })
  }

  /** The flat file has a segment for each kind of loss, with its items and drugs. */
  private properties(): void {
    const losses = new Map<string, XmlNode[]>()
    for (const item of this.report.children) {
      if (item.name !== 'nc:Item' && item.name !== 'nc:Substance') continue
      const loss = said(at(item, 'nc:ItemStatus', 'cjis:ItemStatusCode'), lossOf, 'kinds of loss')
      if (loss === '') throw wrong(item, 'has no kind of loss (cjis:ItemStatusCode)')
      losses.set(loss, [...losses.get(loss) ?? [], item])
    }
    for (const [loss, items] of [...losses].sort(([a], [b]) => a.localeCompare(b))) {
      const rows: { description: string; value: string; recovered: string }[] = []
      const drugs: { type: string; whole: string; thousandths: string; measure: string }[] = []
      for (const item of items) {
        const description = textOf(one(item, 'j:ItemCategoryNIBRSPropertyCategoryCode'))
        const row = { description, value: this.dollars(at(item, 'nc:ItemValue', 'nc:ItemValueAmount', 'nc:Amount')), recovered: day(at(item, 'nc:ItemValue', 'nc:ItemValueDate', 'nc:Date')) }
        // Several drugs are one property of the flat file, with a place for each drug.
        const before = item.name === 'nc:Substance' ? rows.find((r) => r.description === description) : undefined
        if (before && (row.value !== before.value || row.recovered !== before.recovered) && row.value + row.recovered !== '') throw wrong(item, 'has another value or date than the substance before it: they are one property of the standard, with one value')
        if (!before && Object.values(row).some((text) => text !== '')) rows.push(row)
        if (item.name === 'nc:Substance') drugs.push(this.drug(item))
      }
      if (rows.length > 10) throw wrong(items[10]!, 'is the eleventh of one kind of loss: the standard has ten')
      if (drugs.length > 3) throw wrong(items[3]!, 'is the fourth drug of one kind of loss: the standard has three; send X for more')
      const counted = loss === '7' || loss === '5' ? items.map((item) => one(item, 'nc:ItemQuantity')).filter((node) => node !== undefined && textOf(node) !== '') : []
      const vehicles = counted.length === 0 ? '' : String(counted.reduce((sum, node) => sum + this.whole(node!), 0)).padStart(2, '0')
      this.put('3', items[0]!, {
        loss, descriptions: rows.map((r) => r.description), values: rows.map((r) => r.value), recoveredDates: rows.map((r) => r.recovered),
        ...(loss === '7' ? { stolenVehicles: vehicles } : { recoveredVehicles: vehicles }),
        drugTypes: drugs.map((d) => d.type), drugWhole: drugs.map((d) => d.whole), drugThousandths: drugs.map((d) => d.thousandths), drugMeasures: drugs.map((d) => d.measure),
      })
    }
  }

  private dollars(node: XmlNode | undefined): string {
    const text = textOf(node)
    if (text === '') return ''
    const found = /^(\d+)(\.0*)?$/.exec(text)
    if (!found) throw wrong(node!, 'is no amount of whole dollars')
    return String(BigInt(found[1]!)).padStart(9, '0')
  }

  private whole(node: XmlNode): number {
    if (!/^\d{1,2}$/.test(textOf(node))) throw wrong(node, 'is no number from 0 to 99')
    return Number(textOf(node))
  }

  private drug(item: XmlNode): { type: string; whole: string; thousandths: string; measure: string } {
    const measure = one(item, 'nc:SubstanceQuantityMeasure')
    const quantity = one(measure, 'nc:MeasureDecimalValue')
    const text = textOf(quantity)
    const found = text === '' ? undefined : /^(\d+)(?:\.(\d{0,3})0*)?$/.exec(text)
    if (found === null) throw wrong(quantity!, 'is no quantity with up to three decimals')
    return {
      type: textOf(one(item, 'j:DrugCategoryCode')), whole: found ? String(BigInt(found[1]!)).padStart(9, '0') : '', thousandths: found ? (found[2] ?? '').padEnd(3, '0') : '', measure: textOf(one(measure, 'j:SubstanceUnitCode')),
    }
  }

  private victim(victim: XmlNode): void {
    const offenses = all(this.report, 'j:OffenseVictimAssociation').filter((association) => this.ref(association, 'j:Victim') === victim).map((association) => textOf(one(this.ref(association, 'j:Offense'), 'nibrs:OffenseUCRCode')))
    const relations = all(this.report, 'j:SubjectVictimAssociation').filter((association) => this.ref(association, 'j:Victim') === victim).map((association) => ({
      offender: digits(one(this.ref(association, 'j:Subject'), 'j:SubjectSequenceNumberText'), 2), relationship: said(one(association, 'nibrs:VictimToSubjectRelationshipCode'), relationshipOf, 'relationships'),
    }))
    const person = one(victim, 'nc:RoleOfPerson')?.ref
    const official = person === undefined ? undefined : all(this.report, 'j:EnforcementOfficial').find((o) => one(o, 'nc:RoleOfPerson')?.ref === person)
    this.put('4', victim, {
      sequence: digits(one(victim, 'j:VictimSequenceNumberText'), 3), offenses, type: textOf(one(victim, 'j:VictimCategoryCode')), ...this.person(victim, true),
      circumstances: all(victim, 'j:VictimAggravatedAssaultHomicideFactorCode').map(textOf), justifiable: textOf(one(victim, 'j:VictimJustifiableHomicideFactorCode')),
      injuries: all(victim, 'j:VictimInjury').flatMap((injury) => all(injury, 'j:InjuryCategoryCode')).map(textOf),
      relatedOffenders: relations.map((r) => r.offender), relationships: relations.map((r) => r.relationship),
      activity: textOf(one(official, 'j:EnforcementOfficialActivityCategoryCode')), assignment: textOf(one(official, 'j:EnforcementOfficialAssignmentCategoryCode')),
      otherOri: textOf(at(official, 'j:EnforcementOfficialUnit', 'j:OrganizationAugmentation', 'j:OrganizationORIIdentification', 'nc:IdentificationID')),
    })
  }

  private arrested(arrestee: XmlNode, arrest: XmlNode | undefined): Record<string, string | string[]> & { sequence: string; date: string } {
    return {
      sequence: digits(one(arrestee, 'j:ArrestSequenceID'), 2), date: day(at(arrest, 'nc:ActivityDate', 'nc:Date')), type: textOf(one(arrest, 'j:ArrestCategoryCode')), offense: textOf(at(arrest, 'j:ArrestCharge', 'nibrs:ChargeUCRCode')),
      ...armed(all(arrestee, 'j:ArresteeArmedWithCode')), ...this.person(arrestee, true), disposition: textOf(one(arrestee, 'j:ArresteeJuvenileDispositionCode')),
    }
  }

  private arrestOf(arrestee: XmlNode): XmlNode | undefined {
    const [first, second] = all(this.report, 'j:ArrestSubjectAssociation').filter((association) => this.ref(association, 'j:Subject') === arrestee)
    if (second) throw new Unreadable('xml-repeated', second.line, 'one arrested person has two arrests: the report needs an arrested person for each')
    return first && this.ref(first, 'nc:Activity')
  }

  private person(role: XmlNode, resident: boolean): Record<string, string> {
    const of = one(role, 'nc:RoleOfPerson')
    const person = of && this.target(of)
    return {
      age: this.age(one(person, 'nc:PersonAgeMeasure')), sex: textOf(one(person, 'j:PersonSexCode')), race: textOf(one(person, 'j:PersonRaceNDExCode')), ethnicity: textOf(one(person, 'j:PersonEthnicityCode')),
      ...(resident && { resident: textOf(one(person, 'j:PersonResidentCode')) }),
    }
  }

  /** Four columns: 34, 2530, NB. Over 98 years is 99. */
  private age(measure: XmlNode | undefined): string {
    const years = (node: XmlNode): string => {
      if (!/^\d{1,3}$/.test(textOf(node))) throw wrong(node, 'is no age in whole years')
      return String(Math.min(Number(textOf(node)), 99)).padStart(2, '0')
    }
    const [exact, range, word] = [one(measure, 'nc:MeasureIntegerValue'), one(measure, 'nc:MeasureIntegerRange'), one(measure, 'nc:MeasureValueText')]
    if ([exact, range, word].filter(Boolean).length > 1) throw wrong(measure!, 'says the age in two ways: one of them would be lost')
    if (exact) return `${years(exact)}  `
    if (range) {
      const [from, to] = [one(range, 'nc:RangeMinimumIntegerValue'), one(range, 'nc:RangeMaximumIntegerValue')]
      return `${years(this.needed(from, range, 'nc:RangeMinimumIntegerValue'))}${years(this.needed(to, range, 'nc:RangeMaximumIntegerValue'))}`
    }
    return said(word, (text) => /^\d{1,2}$/.test(text) ? `${text.padStart(2, '0')}  ` : ageWordOf(text), 'words for an age')
  }

  private ref(association: XmlNode, name: string): XmlNode { return this.target(this.needed(one(association, name), association, name)) }

  private target(node: XmlNode): XmlNode {
    const found = node.ref === undefined ? undefined : this.ids.get(node.ref)
    if (!found) throw new Unreadable('xml-reference', node.line, `the s:ref of ${node.name} names nothing in this report`)
    return found
  }

  private number(node: XmlNode | undefined, parent: XmlNode): void {
    const found = this.needed(node, parent, 'its number (nc:ActivityIdentification)')
    this.head = { ...this.head, number: textOf(found) }
    if (textOf(found).length > 12) throw wrong(found, 'has more than the twelve characters of a NIBRS number')
  }

  private needed(node: XmlNode | undefined, parent: XmlNode, what: string): XmlNode {
    if (!node || textOf(node) === '' && node.children.length === 0 && node.ref === undefined) throw new Unreadable('xml-unknown-value', node?.line ?? parent.line, `${parent.name} has no ${what}`)
    return node
  }

  private put(level: Level, node: XmlNode, values: Readonly<Record<string, string | readonly string[]>>, length?: number): void {
    const full: SegmentValues = { ...this.head, ...values }
    for (const [name, value] of Object.entries(full)) {
      const column = COLUMNS[level].find((c) => c.name === name)
      const list = typeof value === 'string' ? [value] : value
      if (column && (list.length > (column.times ?? 1) || list.some((text) => text.length > column.length))) {
        throw wrong(node, `says more than the standard has room for: ${name}${column.element ? ` (data element ${column.element})` : ''} has ${column.times ?? 1} × ${column.length} characters`)
      }
    }
    this.out.push({ line: node.line, text: writeSegment(level, full, length) })
  }
}
