import 'reflect-metadata'
import type { ExecutionContext } from '@nestjs/common'
import { ApiQuery } from '@nestjs/swagger'
import { DeclaredParameters, oneOf, textOf, uuid, wholeNumber } from './query-params'

class Lists {
  @ApiQuery({ name: 'caseId', required: false }) @ApiQuery({ name: 'limit', required: false })
  of(): void { /* only what it declares is looked at */ }
  bare(): void { /* declares nothing */ }
}
const asked = (handler: () => void, query: Record<string, unknown>) => (): boolean =>
  new DeclaredParameters().canActivate({ getHandler: () => handler, switchToHttp: () => ({ getRequest: () => ({ query }) }) } as unknown as ExecutionContext)
const { of, bare } = Lists.prototype

describe('parameters of a query', () => {
  it('that the route declares are let through', () => {
    expect(asked(of, { caseId: 'x', limit: '1' })()).toBe(true)
    expect(asked(bare, {})()).toBe(true)
  })
  it('that it does not declare are refused, with those that it does', () => {
    expect(asked(of, { case: 'x' })).toThrow('There is no parameter case here. Take one of ')
    expect(asked(of, { case: 'x' })).toThrow(/caseId/)
    expect(asked(bare, { limit: '1' })).toThrow('this route takes none')
  })
  it('whose name is not one are not said back', () => { expect(asked(of, { '<b>4 Nowhere Lane</b>': 'x' })).toThrow('There is no parameter of this name here') })
  it('are read, or refused by name', () => {
    expect([oneOf('level', undefined, ['A']), textOf('cause', 'x'), uuid('caseId', '018F2A60-0000-7000-8000-0000000000A1'), wholeNumber('limit', '', 5, 1, 9)]).toEqual([undefined, 'x', '018f2a60-0000-7000-8000-0000000000a1', 5])
    expect(() => oneOf('level', 'X', ['A', 'B'])).toThrow('The parameter level must be one of A, B.')
    expect(() => uuid('caseId', 'nobody')).toThrow('The parameter caseId must be a UUID.')
    expect(() => textOf('cause', ['a', 'b'] as unknown as string)).toThrow('The parameter cause must be one name.')
  })
})
