/**
 * The stream categories: what stands in each, who sees it in a history and how far, and to whose history it belongs.
 * Default deny: a role that is not named does not see that the stream is there. Source: domain reference §5.2.
 * To add a category: one entry here; the fields that carry the id of a stream say of which category (`of`, fields.ts).
 */
import type { About } from './privacy'
import type { Role } from './rights'

/**
 * How much of a category's events a role sees. codes: clear fields only · names: sealed fields too, of the person who
 * causes harm and of agencies' records · both: everybody's.
 */
export type Sight = 'codes' | 'names' | 'both'

/** What a history can be asked for. */
export const HISTORY_SUBJECTS = ['pchCase', 'incident', 'arrest', 'account', 'authorization'] as const
export type HistorySubject = (typeof HISTORY_SUBJECTS)[number]

/**
 * How the streams of a category are found from the subject of a history, from the log alone. `anchors` are the subject and the
 * streams that its own events name.
 * 'named': the subject's own events carry its id (a field that is `of` this category) ·
 * idOf: its stream has the id of the anchor of that category: read by name ·
 * names: its events carry the id of the anchor of that category (a field that is `of` it): one pass over the category
 */
export type Found = 'named' | { readonly idOf: string } | { readonly names: string }

export interface Category {
  readonly name: string
  /** what one stream of it is */
  readonly what: string
  readonly sight: Readonly<Partial<Record<Role, Sight>>>
  /** why no history shows it; stands exactly where `sight` names nobody */
  readonly hiddenBecause?: string
  /** to whose history its streams belong, beside their own, and how they are found there */
  readonly partOf: Readonly<Partial<Record<HistorySubject, Found>>>
}

const hidden = (name: string, what: string, hiddenBecause: string): Category => ({ name, what, sight: {}, hiddenBecause, partOf: {} })

/** Money is an open record: whoever may ask for a history sees it. */
const OPEN_RECORD: Category['sight'] = { finance: 'codes', healthProgram: 'codes', intakeAnalyst: 'codes', prosecutor: 'codes', systemAdvocate: 'codes', panelMember: 'codes', evaluator: 'codes', privacyOfficer: 'codes' }

export const CATEGORIES: readonly Category[] = [
  {
    name: 'incident', what: 'an incident as agencies reported it, and what people determined of it', partOf: { pchCase: 'named' },
    sight: { intakeAnalyst: 'names', detective: 'names', prosecutor: 'both', systemAdvocate: 'both', panelMember: 'codes', evaluator: 'codes', privacyOfficer: 'codes' },
  },
  {
    name: 'arrest', what: 'an arrest that stands by itself', partOf: {},
    sight: { intakeAnalyst: 'names', detective: 'names', prosecutor: 'both', systemAdvocate: 'names', evaluator: 'codes', privacyOfficer: 'codes' },
  },
  {
    name: 'windowReport', what: 'a late arrest, clearance or recovery of an old incident', partOf: {},
    sight: { intakeAnalyst: 'names', detective: 'names', prosecutor: 'both', evaluator: 'codes', privacyOfficer: 'codes' },
  },
  {
    name: 'eligibility', what: 'the screening of an incident', partOf: { pchCase: { idOf: 'incident' }, incident: { idOf: 'incident' } },
    sight: { intakeAnalyst: 'codes', detective: 'codes', prosecutor: 'codes', systemAdvocate: 'codes', panelMember: 'codes', evaluator: 'codes', privacyOfficer: 'codes' },
  },
  {
    // The analyst types in who the victim is, from the police's own records, and is not shown it here.
    name: 'referral', what: 'a referral to the program', partOf: { pchCase: 'named', incident: { names: 'incident' } },
    sight: { intakeAnalyst: 'names', detective: 'names', prosecutor: 'both', systemAdvocate: 'both', privacyOfficer: 'codes' },
  },
  {
    // Why it was put off: not even the police's, for whom every case that is not cleared looks the same.
    name: 'deferral', what: 'why a referral or a case was put off', partOf: { pchCase: { idOf: 'referral' } },
    sight: { prosecutor: 'codes', systemAdvocate: 'codes' },
  },
  {
    name: 'pair', what: 'two people, and who stands on which side of their incidents', partOf: { pchCase: { names: 'incident' }, incident: { names: 'incident' } },
    sight: { intakeAnalyst: 'codes', detective: 'codes', prosecutor: 'codes', systemAdvocate: 'codes', evaluator: 'codes', privacyOfficer: 'codes' },
  },
  {
    // One stream for all persons: a history takes out of it what names the persons of its case, and follows their links.
    name: 'personIdentity', what: 'which tokens are one person, who said so, and what the matcher asks', partOf: {},
    sight: { intakeAnalyst: 'codes', detective: 'codes', prosecutor: 'both', systemAdvocate: 'both', evaluator: 'codes', privacyOfficer: 'codes' },
  },
  {
    // Part of an incident's history, never of another case's: that one is another person's.
    name: 'pchCase', what: 'a case of one person who causes harm', partOf: { incident: { names: 'incident' } },
    sight: { intakeAnalyst: 'names', detective: 'names', prosecutor: 'both', systemAdvocate: 'names', panelMember: 'codes', healthProgram: 'codes', evaluator: 'codes', privacyOfficer: 'codes' },
  },
  {
    // Not the program's nor the panel's: where he is held and which orders stand is justice's, and the safety context's.
    name: 'circumstance', what: 'custody, orders of protection and further incidents of the person of a case', partOf: { pchCase: { idOf: 'pchCase' } },
    sight: { intakeAnalyst: 'codes', detective: 'names', prosecutor: 'names', systemAdvocate: 'names', evaluator: 'codes', privacyOfficer: 'codes' },
  },
  {
    // By codes: what a prosecutor decided, and how it ended in court.
    name: 'charging', what: 'what became of an incident before prosecutor and court', partOf: { pchCase: { idOf: 'incident' }, incident: { idOf: 'incident' } },
    sight: { intakeAnalyst: 'codes', detective: 'codes', prosecutor: 'codes', systemAdvocate: 'codes', evaluator: 'codes', privacyOfficer: 'codes' },
  },
  {
    // By codes: DRAFT who reads it, as of charges, and never those who offer him help.
    name: 'supervision', what: 'one report of whether the person of a case keeps to what a court set', partOf: { pchCase: { names: 'pchCase' } },
    sight: { intakeAnalyst: 'codes', detective: 'codes', prosecutor: 'codes', evaluator: 'codes', privacyOfficer: 'codes' },
  },
  {
    name: 'historyReview', what: 'the reviews of a criminal history', partOf: { pchCase: { idOf: 'pchCase' } },
    sight: { intakeAnalyst: 'codes', prosecutor: 'codes', panelMember: 'codes', privacyOfficer: 'codes' },
  },
  {
    // Of a pair nobody but the prosecutor and the safety context reads it, and who took the screen (its own query).
    name: 'lethalityScreen', what: 'a lethality screen, and the call to the hotline that followed', partOf: { pchCase: { names: 'incident' }, incident: { names: 'incident' } },
    sight: { prosecutor: 'both', systemAdvocate: 'both' },
  },
  {
    name: 'notification', what: 'one notification of the person, from its plan to its delivery', partOf: { pchCase: { names: 'pchCase' } },
    sight: { intakeAnalyst: 'codes', detective: 'names', prosecutor: 'names', systemAdvocate: 'names', panelMember: 'codes', healthProgram: 'codes', evaluator: 'codes', privacyOfficer: 'codes' },
  },
  {
    // The safety context alone: not even that there is a review may be seen outside it.
    name: 'safetyReview', what: 'a review of her safety before a notification', partOf: { pchCase: { names: 'pchCase' } },
    sight: { systemAdvocate: 'both' },
  },
  {
    name: 'safetyWarning', what: 'a task to warn a partner', partOf: { pchCase: { names: 'pchCase' } },
    sight: { systemAdvocate: 'both' },
  },
  {
    name: 'pchService', what: 'the help offered to the person who causes harm', partOf: { pchCase: { names: 'pchCase' } },
    sight: { healthProgram: 'codes', evaluator: 'codes' },
  },
  // Finance has no link to a case: it runs beside it, and its history is asked for by the account's or the ordinance's own number.
  { name: 'authorization', what: 'what an ordinance authorises, and the accounts to which it is allotted', partOf: {}, sight: OPEN_RECORD },
  { name: 'account', what: 'an account of a fiscal year: appropriated, certified, encumbered', partOf: {}, sight: OPEN_RECORD },
  hidden('policy', 'the versions of a policy', 'a policy is nobody\'s: the decisions name the version they rest on'),
  hidden('importrun', 'one reading of a file', 'the operator\'s view of streams shows it'),
  hidden('quarantine', 'a record that could not be accepted', 'the quarantine shows it, to the agency that sent it'),
  hidden('zeroReport', 'a month in which an agency had nothing to report', 'it is of no case and no incident'),
  hidden('feedCoverage', 'what a source covers, and through which day', 'it is of no person and no case; its own query shows it'),
  hidden('openReport', 'a report of the city\'s open crime data', 'it names no person and belongs to no case; the counts of the city show it'),
  hidden('subjectKey', 'what was ordered about the keys of a person or record, and what became of them', 'the privacy officer\'s view of keys shows it'),
  hidden('publishedMetric', 'a metric as it was published', 'it is of no case; the evaluator\'s view of publications shows it'),
  hidden('recordAccess', 'who may see a record, by the grounds on which it is closed', 'what is closed to a reader looks the same as what is not there; the privacy officer\'s view of records shows it'),
  hidden('conflictOfInterest', 'the walls of one account before persons', 'who is whose relative is nobody\'s to read; the wall itself is asked at every door'),
  hidden('walledCases', 'the cases behind the walls of one account', 'who meets a wall is nobody\'s to read; the wall itself is asked at every door'),
  hidden('contextKey', 'the replacements of what wraps a context\'s keys', 'it is of no person and no case'),
  hidden('deadLetter', 'work that was set aside', 'the operator\'s view of parked work shows it'),
]

const byName = new Map(CATEGORIES.map(category => [category.name, category]))
/** The declared category, or undefined: nobody sees what is not declared. */
export const categoryNamed = (name: string): Category | undefined => byName.get(name)

/** Whom the sealed fields are about that each sight opens. */
export const OPENS: Readonly<Record<Sight, readonly About[]>> = { codes: [], names: ['pch', 'record'], both: ['pch', 'victim', 'pair', 'record', 'anyone'] }
