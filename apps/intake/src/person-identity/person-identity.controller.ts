import { Body, Controller, Get, Inject, Param, Post, Query, Req } from '@nestjs/common'
import { CommandBus } from '@nestjs/cqrs'
import { ApiQuery, ApiTags } from '@nestjs/swagger'
import { categoryNamed, LinkPersons, MatchPersons, OPENS, tokensOf, UnlinkPersons, type CommandMeta, type PersonMatchProposedV1, type Role } from '@chorus/contracts'
import { CommandRoute, contextOf, Meta, Problem, QueryRoute, receiptOf, UuidParam, WALLS, wholeNumber, type ChorusRequest, type Receipt, type WallsOf } from '@chorus/platform'
import { IdentityLookUp } from './identity-look-up'
import { LinkPersonsCommand, MatchPersonsCommand, UnlinkPersonsCommand } from './person-identity.commands'
import { openQuestions } from './person-identity'
import { foundBy, runsIn, type RunFound, type RunListed } from './matching-runs'

/** One of the two, side by side: what this role may see of what was told of him or her. */
interface Side { readonly personRef: string; readonly linkedRefs: readonly string[]; readonly told: Readonly<Record<string, string>> }
interface Questions { readonly total: number; readonly matches: readonly PersonMatchProposedV1[] }

/** Older ones stand in the log. */
const RUNS_LISTED = 100

@ApiTags('persons')
@Controller('v1/persons')
export class PersonIdentityController {
  constructor(private readonly commands: CommandBus, @Inject(IdentityLookUp) private readonly lookUp: IdentityLookUp, @Inject(WALLS) private readonly walls: WallsOf) {}

  @Post('matching-runs') @CommandRoute(MatchPersons)
  async match(@Body() body: MatchPersons, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new MatchPersonsCommand(body, meta))) }

  @Post('links') @CommandRoute(LinkPersons)
  async link(@Body() body: LinkPersons, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new LinkPersonsCommand(body, meta))) }

  @Post('separations') @CommandRoute(UnlinkPersons)
  async unlink(@Body() body: UnlinkPersons, @Meta() meta: CommandMeta): Promise<Receipt> { return receiptOf(await this.commands.execute(new UnlinkPersonsCommand(body, meta))) }

  @Get('matching-runs')
  @QueryRoute({ summary: 'The matching runs that came to their end, newest first: whom they compared, by which policy; never what they found', reads: { noPerson: 'how many persons are on record, and when they were compared' }, roles: ['intakeAnalyst', 'prosecutor'], agencies: ['KCPD', 'JCPO'] })
  async runs(): Promise<{ readonly runs: readonly RunListed[] }> { return { runs: runsIn(await this.lookUp.registered()).reverse().slice(0, RUNS_LISTED) } }

  @Get('matching-runs/:id')
  @QueryRoute({ summary: 'What one matching run has found: links that the machine made, and questions, by codes alone; whether they still stand is said by the list of questions and by a history', reads: { person: 'matchId' }, roles: ['intakeAnalyst', 'prosecutor'], agencies: ['KCPD', 'JCPO'] })
  async run(@Param('id', UuidParam) id: string): Promise<RunListed & { readonly found: readonly RunFound[] }> {
    const events = await this.lookUp.registered()
    const run = runsIn(events).find(({ runId }) => runId === id)
    if (!run) throw new Problem('not-found', 'No matching run of this number has come to its end. The list of runs says which there are.')
    return { ...run, found: foundBy(events, id, (two) => this.lookUp.matchIdOf(two)) }
  }

  @Get('matches')
  @QueryRoute({ summary: 'Questions of the matcher that nobody has answered yet: by codes alone, surest first', reads: { person: 'matchId' }, roles: ['intakeAnalyst', 'prosecutor'], agencies: ['KCPD', 'JCPO'] })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 500, default 50' })
  @ApiQuery({ name: 'from', required: false, description: 'skip so many' })
  async list(@Req() request: ChorusRequest, @Query('limit') limit?: string, @Query('from') from?: string): Promise<Questions> {
    const asked = { limit: wholeNumber('limit', limit, 50, 1, 500), from: wholeNumber('from', from, 0, 0, 1_000_000) }
    // Before it is cut into pages: the total is the same on each of them.
    const wall = await this.walls(contextOf(request).actor!.id)
    const open = openQuestions((await this.lookUp.register()).state).filter((question) => !wall?.hides(question)).sort((a, b) => b.confidence - a.confidence)
    return { total: open.length, matches: open.slice(asked.from, asked.from + asked.limit) }
  }

  @Get('matches/:id')
  @QueryRoute({ summary: 'One question of the matcher, the two side by side; names, birth dates and addresses as far as the role sees them in a referral', reads: { person: 'matchId' }, roles: ['intakeAnalyst', 'prosecutor'], agencies: ['KCPD', 'JCPO'] })
  async show(@Req() request: ChorusRequest, @Param('id', UuidParam) id: string): Promise<PersonMatchProposedV1 & { readonly sides: readonly Side[]; readonly notice: string }> {
    const { state } = await this.lookUp.register()
    const question = openQuestions(state).find(({ matchId }) => matchId === id)
    if (!question) throw new Problem('not-found', 'There is no such question, or it is answered. Look at the list again.')
    const sight = categoryNamed('referral')!.sight[contextOf(request).actor?.role as Role]
    const { known } = await this.lookUp.sides()
    const side = async (ref: string): Promise<Side> => {
      const event = known.get(ref)
      return { personRef: ref, linkedRefs: tokensOf(state.links, ref).filter((each) => each !== ref), told: event && sight ? await this.lookUp.toldOf(ref, event, (about) => OPENS[sight].includes(about)) : {} }
    }
    return { ...question, sides: [await side(question.oneRef), await side(question.otherRef)], notice: 'Values may be withheld from this view.' }
  }
}
