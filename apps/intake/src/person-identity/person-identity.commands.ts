import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { AllowedTo, LinkPersons, MatchPersons, rightOf, tokensOf, UnlinkPersons, type CommandMeta } from '@chorus/contracts'
import { derivedId, handle, isRefusal, type Handled, type Refusal } from '@chorus/decider'
import type { Recorder } from '@chorus/event-store'
import { AUDIT, RECORDER, type AuditTrail } from '@chorus/platform'
import { LinkedPersonsConsumer } from '../on-identities-linked/linked-persons.consumer'
import { matching, type Match } from '../person-match/person-match'
import { identityPolicyInForce } from '../policy/policy-in-force'
import { IdentityLookUp } from './identity-look-up'
import { personIdentity, REGISTER, scopeOf, type FoundMatch } from './person-identity'

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
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly lookUp: IdentityLookUp, private readonly after: LinkedPersonsConsumer) {}
  async execute({ body, meta }: LinkPersonsCommand): Answer {
    const answer = await settled(async () => {
      const refs = [body.keepRef, body.mergedRef]
      const sides = await this.lookUp.sides()
      const facts = { ...await this.lookUp.factsFor(refs, sides), unknown: refs.filter((ref) => !sides.known.has(ref)), erased: await this.lookUp.erased(refs) }
      return handle(this.log, personIdentity, REGISTER, { type: 'LinkPersons', data: { ...body, facts }, meta })
    })
    if (!isRefusal(answer)) await this.after.atOnce(answer)
    return answer
  }
}

@AllowedTo(rightOf(UnlinkPersons)!)
export class UnlinkPersonsCommand { constructor(readonly body: UnlinkPersons, readonly meta: CommandMeta) {} }

@CommandHandler(UnlinkPersonsCommand)
export class UnlinkPersonsHandler implements ICommandHandler<UnlinkPersonsCommand> {
  constructor(@Inject(RECORDER) private readonly log: Recorder, private readonly after: LinkedPersonsConsumer) {}
  async execute({ body, meta }: UnlinkPersonsCommand): Answer {
    const answer = await handle(this.log, personIdentity, REGISTER, { type: 'UnlinkPersons', data: body, meta })
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
    const ended = (await this.lookUp.registered()).find(({ commandId }) => commandId === endId)
    // Sent again, the run is answered as it ended: nobody is opened for that.
    if (ended) return { stream: ended.stream, ordinal: ended.ordinal, revision: ended.revision, recordedtime: ended.recordedtime, ids: [ended.id], repeated: true }
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
    const one = [...new Map(state.links.map(({ keepRef }) => { const all = [...tokensOf(state.links, keepRef)].sort(); return [all.join(), all] as const })).values()]
    const matches = await inTurns(matching(known, incoming, policy, (ref, other) => opposed.has([ref, other].sort().join('|')), one))
    const found = matches.map(({ refs, band, probability, evidence, askedBecause }): FoundMatch => {
      const sorted: readonly [string, string] = refs[0] < refs[1] ? refs : [refs[1], refs[0]]
      return { matchId: this.lookUp.matchIdOf(sorted), refs: sorted, band, confidence: Math.floor(probability * 100), evidence: evidence.map(({ field, agreement }) => ({ field, agreement })), askedBecause }
    }).sort((a, b) => b.confidence - a.confidence || (a.matchId < b.matchId ? -1 : 1))
    const record = (part: readonly FoundMatch[], commandId: string): Answer => settled(async () => handle(this.log, personIdentity, REGISTER, {
      type: 'RecordMatches', meta: { ...meta, commandId },
      data: { matches: part, linkBand: policy.linkBand, policyVersion, facts: await this.lookUp.factsFor(part.flatMap(({ refs }) => refs), sides) },
    }))
    let answer = await record(found.slice(0, AT_ONCE), meta.commandId)
    for (let from = AT_ONCE; from < found.length && !isRefusal(answer); from += AT_ONCE) answer = await record(found.slice(from, from + AT_ONCE), derivedId('match-persons', meta.commandId, String(from)))
    if (isRefusal(answer)) return answer
    await this.after.atOnce(answer)
    const through = Math.max(0, ...[...sides.known.values()].map(({ ordinal }) => ordinal))
    return handle(this.log, personIdentity, REGISTER, { type: 'EndRun', meta: { ...meta, commandId: endId }, data: { scope, persons: persons.length, compared: incoming.length, through, policyVersion } })
  }
}

export const personIdentityHandlers = [LinkPersonsHandler, UnlinkPersonsHandler, MatchPersonsHandler]
