/**
 * I1-I7 over random sequences of intake's commands, also with another command in between; what once broke one is kept.
 * Longer: CHORUS_RUNS=20000; what they came to: CHORUS_MET=1. Again: CHORUS_SEED=<seed>, which a failing run prints with its sequence, made as short as it gets.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import type { Recorder } from '@chorus/event-store'
import { MemoryVault } from '@chorus/privacy'
import { brokenIn } from '../testing/case-invariants'
import { REFS, World, type Step } from '../testing/intake-world'
import { CaseLookUp } from './look-up'

const walked = async (steps: readonly Step[]): Promise<{ readonly world: World; readonly broken: string[] }> => {
  const world = await World.run(steps)
  return { world, broken: brokenIn(world.log.events, world.truth()) }
}

/** 0 is the plain way, and comes most often. */
const odd = fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(1) })
const free = fc.nat(11)
/** From a report to a level and its changes, as people go, with one or two of it left out. */
const way = fc.tuple(fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 5), fc.constantFrom(0, 0, 1), fc.array(odd, { minLength: 9, maxLength: 9 }), fc.array(free, { minLength: 8, maxLength: 8 }), fc.array(fc.nat(16), { maxLength: 1 }))
  .map(([incident, record, odds, frees, left]): Step[] => {
    const [named, confirmed, aggressor, referred, told, whose, taken, index, parted] = odds
    const [which, level, to, reason, then, why, cross, other] = frees
    /** Now and then the two have complained of each other: reviewed, by whom, and complained of again. */
    const crossed = [
      step('ReceiveReferral', incident, 1, 0, which! % 2, 0, record), step('ReviewCrossComplaint', incident, whose, record, 0, other! % 2), step('ReviewCrossComplaint', incident, whose, record, [1, 1, 1, 3][level! % 4], other! % 2, to! % 5 === 4 ? 1 : 0), step('ReceiveReferral', incident, 1, 1, other! % 2, 0, record),
    ].slice(0, Math.max(0, cross! % 7 - 2))
    return [
      step('ReportIncident', incident, named), step('ConfirmRelationship', incident, confirmed), step('DetermineAggressor', incident, aggressor), ...crossed, step('ReceiveReferral', incident, referred, 0, record, told),
      ...(taken ? [step('TakeBack', incident, which)] : []),
      step('OpenCase', 0, index), step('ReviewCriminalHistory', 0, which), step('ProposeLevel', 0), step('ApproveLevel', 0, 0), step('ApproveLevel', 0, [1, 1, 2, 3][other! % 4]), step('AssignLevel', 0, level),
      step('ChangeLevel', 0, to, reason), step('ApproveLevel', 0, 0), step('ApproveLevel', 0, 1), step('ChangeLevel', 0, then, why),
      ...[[], [step('LinkPersons', 0, 0)], [step('LinkPersons', 2, 2)]][which! % 3]!, ...(parted ? [step('UnlinkPersons', 0, 0)] : []), ...(why! % 4 === 3 ? [step('CloseCase', 0, 2), ...(parted ? [step('ReopenCase', 0, 2)] : [])] : []),
    ].filter((_, at) => !left.includes(at))
  })
const step = (name: string, ...n: (number | undefined)[]): Step => ({ do: name, n: n.map((each) => each ?? 0) })
const COMMANDS = fc.constantFrom(...new World().commands)
const any = fc.tuple(COMMANDS, fc.array(free, { maxLength: 6 })).map(([name, n]) => step(name, ...n))
/** Anything while anything else is being decided; often what was done last, and near the plain way. */
const raced = fc.tuple(COMMANDS, fc.array(odd, { maxLength: 4 }), fc.oneof(any, fc.tuple(COMMANDS, fc.array(odd, { maxLength: 4 })).map(([name, n]) => step(name, ...n)))).map(([name, n, meanwhile]): Step[] => [{ ...step(name, ...n), meanwhile }])
/** A case is opened while somebody opens one of the same person, or takes the ground from it. */
const openedAtOnce = fc.tuple(fc.constantFrom('OpenCase', 'OpenCase', 'CloseCase', 'TakeBack', 'LinkPersons', 'ReceiveReferral', 'ExcludeReferral'), odd, odd, fc.array(odd, { maxLength: 2 })).map(([name, mine, theirs, more]): Step[] => [{ ...step('OpenCase', mine), meanwhile: step(name, theirs, ...more) }])
/** A closed case is opened again while somebody opens another, or again, or takes the ground from it. */
const reopenedAtOnce = fc.tuple(fc.constantFrom('OpenCase', 'OpenCase', 'ReopenCase', 'TakeBack', 'ExcludeReferral', 'DeferReferral', 'ReceiveReferral', 'LinkPersons'), fc.constantFrom('OpenCase', 'ReopenCase', 'ReopenCase'), odd, odd, fc.array(odd, { maxLength: 2 }))
  .map(([name, first, mine, theirs, more]): Step[] => [step('CloseCase', 0, 2), { ...step(first, mine, 2), meanwhile: step(name, theirs, ...(name === 'ReopenCase' ? [2] : more)) }])
/** Two who have each other's numbers in two reports; sometimes the one is taken for the other, or both for one person. */
const bothReported = fc.tuple(fc.constantFrom(1, 2), odd, fc.nat(2), odd, fc.nat(1), fc.nat(1)).map(([incident, referred, record, mistaken, reported, linked]): Step[] => [
  ...[[1, 2], [incident]][reported]!.map((each) => step('ReportIncident', each)), step('ConfirmRelationship', incident), step('DetermineAggressor', incident),
  step('ReceiveReferral', incident, mistaken ? 1 : referred, 0, mistaken ? 0 : record), step('OpenCase', 0, 0, mistaken), ...linked ? [step('LinkPersons', 0, 1), step('ReceiveReferral', incident, 0, 0, 1), step('OpenCase', 0, 0)] : [],
])
const part = fc.oneof({ weight: 2, arbitrary: bothReported }, { weight: 2, arbitrary: reopenedAtOnce }, { weight: 3, arbitrary: way }, { weight: 3, arbitrary: any.map((one): Step[] => [one]) }, { weight: 3, arbitrary: raced }, { weight: 1, arbitrary: openedAtOnce })
const sequences = fc.tuple(way, fc.array(part, { maxLength: 6 })).map(([first, parts]) => [first, ...parts].flat())

/** What the sequences have to come to, so that a rule which nothing reaches is seen. */
const REACHED = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'subject_is_another', 'opposite_sides', 'CaseOpened', 'CaseClosed', 'CaseReopened', 'CaseSucceeded', 'LevelAssigned', 'LevelChanged', 'CrossComplaintReviewed', 'EventRetracted', 'PersonIdentitiesLinked']

it('hold after any sequence, and the sequences come to each rule', async () => {
  const met = new Map<string, number>()
  await fc.assert(fc.asyncProperty(sequences, async (steps) => {
    const { world, broken } = await walked(steps)
    for (const what of [...world.refusals, ...world.log.events.map(({ type }) => type)]) met.set(what, (met.get(what) ?? 0) + 1)
    expect(broken).toEqual([])
  }), { numRuns: Number(process.env.CHORUS_RUNS ?? 300), ...(process.env.CHORUS_SEED ? { seed: Number(process.env.CHORUS_SEED) } : {}) })
  if (process.env.CHORUS_MET) console.log(Object.fromEntries([...met].sort()))
  expect(REACHED.filter((each) => !met.has(each))).toEqual([])
})

it('I2: of two who open a case of one person at the same moment, one does, whichever of his records they have before them', async () => {
  const told = [step('ReportIncident', 0), step('ConfirmRelationship', 0), step('DetermineAggressor', 0), step('ReceiveReferral', 0), step('ReceiveReferral', 0, 0, 0, 1), step('LinkPersons', 0, 0)]
  for (const [mine, theirs] of [[0, 0], [0, 1], [1, 0]] as const) {
    const { world, broken } = await walked([...told, { ...step('OpenCase', mine), meanwhile: step('OpenCase', theirs) }])
    expect([broken, world.log.events.filter(({ type }) => type === 'CaseOpened').length, world.refusals]).toEqual([[], 1, ['case_already_open', 'I2']])
  }
})

it('open cases that are looked for together are those of each by himself', async () => {
  await fc.assert(fc.asyncProperty(sequences, async (steps) => {
    const { log } = await World.run(steps)
    const lookUp = new CaseLookUp(log as unknown as Recorder, new MemoryVault(new Uint8Array(32)))
    const alone = await Promise.all(REFS.map(async (ref) => [ref, (await lookUp.casesOf(ref)).cases.find(({ open, opened }) => open && opened.subjectRef === ref)?.caseId] as const))
    expect(await lookUp.ownOpenCasesOf(REFS)).toEqual(Object.fromEntries(alone.filter(([, caseId]) => caseId !== undefined)))
  }), { numRuns: 60 })
})

describe('sequences that once broke one', () => {
  interface Kept { readonly broke: string; readonly how: string; readonly steps: readonly Step[] }
  const kept = JSON.parse(readFileSync(join(__dirname, '..', 'testing', 'broken-once.json'), 'utf8')) as Kept[]
  it.each(kept.map((each) => [`${each.broke}: ${each.how}`, each] as const))('%s', async (_, { steps }) => { expect((await walked(steps)).broken).toEqual([]) })
})
