import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, linkedTokens, LinkPersons, MatchPersons, rightOf, UnlinkPersons, type CommandMeta } from '@chorus/contracts'
import { derivedId, isRefusal, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { AUDIT, RECORDER, type AuditTrail } from '@chorus/platform'
import { LinkedPersonsConsumer } from '../on-identities-linked/linked-persons.consumer'
import { matching, type Match } from '../person-match/person-match'
import { identityPolicyInForce } from '../policy/policy-in-force'
import { IdentityLookUp } from './identity-look-up'
import { scopeOf, undecided, type FoundMatch } from './person-identity'

type Answer = Promise<Handled | Refusal>

/** Another link was decided between looking and deciding: look again. */
const TRIES = 3
const settled = async (attempt: () => Answer): Answer => {
  for (let tries = 1; ; tries++) {
    const answer = await attempt()
    if (!isRefusal(answer) || answer.refused !== 'identities_moved' || tries === TRIES) return answer
  }
}

@AllowedTo(rightOf(LinkPersons)!)
export class LinkPersonsCommand { constructor(readonly body: LinkPersons, readonly meta: CommandMeta) {} }

@CommandHandler(LinkPersonsCommand)
export class LinkPersonsHandler implements ICommandHandler<LinkPersonsCommand> {
  constructor(private readonly lookUp: IdentityLookUp, private readonly after: LinkedPersonsConsumer) {}
  async execute({ body, meta }: LinkPersonsCommand): Answer {
    const answer = await settled(() => this.lookUp.alone(async () => {
      const refs = [body.keepRef, body.mergedRef]
      const sides = await this.lookUp.sides()
      const facts = { ...await this.lookUp.factsFor(refs, sides), unknown: refs.filter((ref) => !sides.known.has(ref)), erased: await this.lookUp.erased(refs) }
      return this.lookUp.decide({ type: 'LinkPersons', data: { ...body, facts }, meta })
    }))
    if (!isRefusal(answer)) await this.after.atOnce(answer)
    return answer
  }
}

@AllowedTo(rightOf(UnlinkPersons)!)
export class UnlinkPersonsCommand { constructor(readonly body: UnlinkPersons, readonly meta: CommandMeta) {} }

@CommandHandler(UnlinkPersonsCommand)
export class UnlinkPersonsHandler implements ICommandHandler<UnlinkPersonsCommand> {
  constructor(private readonly lookUp: IdentityLookUp, private readonly after: LinkedPersonsConsumer) {}
  async execute({ body, meta }: UnlinkPersonsCommand): Answer {
    const answer = await this.lookUp.decide({ type: 'UnlinkPersons', data: body, meta })
    if (!isRefusal(answer)) await this.after.atOnce(answer)
    return answer
  }
}

@AllowedTo(rightOf(MatchPersons)!)
export class MatchPersonsCommand { constructor(readonly body: MatchPersons, readonly meta: CommandMeta) {} }

/** So many findings go into one append. */
const AT_ONCE = 100

/** The matcher's work with a pause after each part: a run of many persons keeps nobody else waiting. */
const inTurns = async (work: ReturnType<typeof matching>): Promise<readonly Match[]> => {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value.matches
    await new Promise((resolve) => { setImmediate(resolve) })
  }
}

/** Entered in the audit log before anything is opened. Names, dates and addresses live in this call alone. */
@CommandHandler(MatchPersonsCommand)
export class MatchPersonsHandler implements ICommandHandler<MatchPersonsCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, @Inject(AUDIT) private readonly trail: AuditTrail, private readonly lookUp: IdentityLookUp, private readonly after: LinkedPersonsConsumer) {}

  async execute({ body, meta }: MatchPersonsCommand): Answer {
    const endId = derivedId('end-run', meta.commandId)
    // Sent again, the run is answered as it ended: nobody is opened for that.
    const ended = await this.lookUp.answered(endId)
    if (ended) return ended
    const { policy, policyVersion } = await identityPolicyInForce(this.log, meta.now)
    const sides = await this.lookUp.sides()
    await this.trail.record({
      actor: meta.actor, purpose: body.purpose, correlationId: meta.correlationId, route: 'POST /v1/persons/matching-runs', found: sides.known.size > 0, records: [],
      asked: { run: meta.commandId, persons: String(sides.known.size) },
    })
    const opposed = new Set(sides.opposed.map((two) => [...two].sort().join('|')))
    const { state } = await this.lookUp.register()
    const { scope, isNew } = scopeOf(state, body.scope ?? 'ALL', policyVersion)
    const persons = await this.lookUp.persons(sides)
    const [known, incoming] = [persons.filter(({ ref }) => !isNew(sides.known.get(ref)!.ordinal)), persons.filter(({ ref }) => isNew(sides.known.get(ref)!.ordinal))]
    const one = [...new Set(linkedTokens(state.links).values())]
    const matches = await inTurns(matching(known, incoming, policy, (ref, other) => opposed.has([ref, other].sort().join('|')), one))
    const found = matches.map(({ refs, band, probability, evidence, askedBecause }): FoundMatch => {
      const sorted: readonly [string, string] = refs[0] < refs[1] ? refs : [refs[1], refs[0]]
      return { matchId: this.lookUp.matchIdOf(sorted), refs: sorted, band, confidence: Math.floor(probability * 100), evidence: evidence.map(({ field, agreement }) => ({ field, agreement })), askedBecause }
    }).sort((a, b) => b.confidence - a.confidence || (a.matchId < b.matchId ? -1 : 1))
    const left = undecided((await this.lookUp.register()).state, found, policy.linkBand)
    const recorded: Handled[] = []
    for (let from = 0; from < left.length; from += AT_ONCE) {
      const part = left.slice(from, from + AT_ONCE)
      // By what was found: a run that is sent again after it broke off has less left to record.
      const commandId = derivedId('match-persons', meta.commandId, ...part.map(({ matchId }) => matchId))
      const answer = await settled(() => this.lookUp.alone(async () => this.lookUp.decide({ type: 'RecordMatches', meta: { ...meta, commandId }, data: { matches: part, linkBand: policy.linkBand, policyVersion, facts: await this.lookUp.factsFor(part.flatMap(({ refs }) => refs), sides) } })))
      if (isRefusal(answer)) return answer
      recorded.push(answer)
    }
    await this.after.atOnce(...recorded)
    const through = [...sides.known.values()].reduce((last, { ordinal }) => Math.max(last, ordinal), 0)
    return this.lookUp.decide({ type: 'EndRun', meta: { ...meta, commandId: endId }, data: { scope, persons: persons.length, compared: incoming.length, through, policyVersion } })
  }
}

export const personIdentityHandlers = [LinkPersonsHandler, UnlinkPersonsHandler, MatchPersonsHandler]
