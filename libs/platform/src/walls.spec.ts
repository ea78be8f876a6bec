import { lastValueFrom, of } from 'rxjs'
import type { CallHandler, ExecutionContext } from '@nestjs/common'
import type { AuditTrail, Refused } from './audit-log'
import { PastWallAudit } from './read-audit'
import { BehindNoWall, pastWalls, type Wall } from './walls'

const [HIS, ELSEWHERE, FREE] = ['a', 'e', 'f'].map((letter) => `018f0000-0000-7000-8000-${letter.repeat(12)}`) as [string, string, string]
const wall: Wall = {
  cases: new Set(),
  named: (value) => JSON.stringify(value).includes(HIS) ? [HIS] : [], hides: (value) => JSON.stringify(value).includes(HIS),
  elsewhere: (text, stands) => { if (text === HIS) stands(ELSEWHERE, HIS); return text === HIS ? ELSEWHERE : text }, without: (answer) => answer,
}
const asked = (id: string, body: object, stop: boolean) => {
  const handler = (): void => undefined
  if (stop) pastWalls()({}, 'stop', { value: handler })
  const request = { method: 'POST', route: { path: '/v1/notifications/:id/hold' }, header: () => undefined, params: { id }, query: {}, body, chorus: { correlationId: FREE, receivedtime: '', actor: { id: 'kin', role: 'detective', agency: 'KCPD' } } as { walled?: object } }
  const execution = { getHandler: () => handler, switchToHttp: () => ({ getRequest: () => request }) } as unknown as ExecutionContext
  return { request, execution, passes: () => new BehindNoWall(() => Promise.resolve(wall)).canActivate(execution) }
}

it('a command meets in its path what is not there; one that names somebody in its body is not found, and entered with the name', async () => {
  const inPath = asked(HIS, {}, false)
  await inPath.passes()
  expect(inPath.request).toMatchObject({ params: { id: ELSEWHERE }, chorus: { walled: { id: HIS } } })
  const inBody = asked(FREE, { caseId: HIS }, false)
  await expect(inBody.passes()).rejects.toMatchObject({ problem: 'not-found' })
  expect(inBody.request.chorus.walled).toEqual({ id: FREE, 'body 1': HIS })
})

it('a stop goes to what it names, in path and body, and is entered once it is taken', async () => {
  const entered: Refused[] = []
  const trail = { refused: (attempt: Refused) => { entered.push(attempt) }, fingerprint: (text: string) => `hmac:${text}` } as unknown as AuditTrail
  const sent = async (id: string, body: object): Promise<unknown> => {
    const { request, execution, passes } = asked(id, body, true)
    expect(await passes()).toBe(true)
    expect(request.params).toEqual({ id })
    return lastValueFrom(await new PastWallAudit(trail).intercept(execution, { handle: () => of('taken') } as CallHandler))
  }
  expect([await sent(HIS, {}), await sent(FREE, { caseId: HIS }), await sent(FREE, {})]).toEqual(['taken', 'taken', 'taken'])
  expect(entered.map(({ actor, refused, asked: of }) => [actor.id, refused, of])).toEqual([['kin', 'walled', { id: HIS }], ['kin', 'walled', { id: FREE, 'body 1': HIS }]])
})
