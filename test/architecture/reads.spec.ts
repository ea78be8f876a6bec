/** Every route that answers a GET says whether it shows anything of a person; those that do pass the audit. */
import { Controller, Get, type Type } from '@nestjs/common'
import { EXCEPTION_FILTERS_METADATA, INTERCEPTORS_METADATA, PATH_METADATA } from '@nestjs/common/constants'
import { join } from 'node:path'
import { PURPOSES, PURPOSES_OF, ROLES } from '@chorus/contracts'
import { readsOf } from '@chorus/platform'
import { handlersOf } from '../support/doors'
import { filesBelow, root } from './tree'

const controllers = filesBelow('apps').concat(filesBelow('libs')).filter((path) => path.endsWith('.controller.ts')).flatMap((path) =>
  Object.values(jest.requireActual<Record<string, unknown>>(join(root, path))).filter((value): value is Type => typeof value === 'function' && Reflect.hasMetadata(PATH_METADATA, value)))

/** What is wrong with the declarations of a controller's reading routes, in words: every GET, and what else says that it reads. */
const faultsOf = (controller: Type): string[] => handlersOf(controller).filter(({ method, publicReason, handler }) => (method === 'get' || readsOf(handler) !== undefined) && publicReason === undefined).flatMap(({ name, handler }) => {
  const reads = readsOf(handler)
  if (!reads) return [`${name}: does not say whether it reads a person (QueryRoute, reads)`]
  const audited = ((Reflect.getMetadata(INTERCEPTORS_METADATA, handler) ?? []) as { name?: string }[]).some((each) => each.name === 'ReadAudit')
  if (audited !== 'person' in reads) return [`${name}: ${audited ? 'is audited, and says that it reads nobody' : 'reads a person, and nothing enters it in the audit log'}`]
  return 'noPerson' in reads && reads.noPerson.length < 10 ? [`${name}: says not why it reads nobody`] : []
})

it('every GET route says whether it reads a person', () => {
  expect(controllers.length).toBeGreaterThan(10)
  expect(controllers.flatMap(faultsOf)).toEqual([])
})

it('would be missed here where a route does not say', () => {
  @Controller('v1/planted')
  class Planted { @Get('record') record(): string { return 'read' } }
  expect(faultsOf(Planted)).toEqual(['Planted.record: does not say whether it reads a person (QueryRoute, reads)'])
})

/** Names of the routes that ask who is there, and enter nowhere whom they refuse. */
const forgetful = (controller: Type): string[] => handlersOf(controller).filter(({ handler, publicReason }) => publicReason === undefined && !((Reflect.getMetadata(EXCEPTION_FILTERS_METADATA, handler) ?? []) as { name?: string }[]).some((each) => each.name === 'RefusalAudit')).map(({ name }) => name)

it('whom a route refuses is entered in the audit log', () => {
  expect(controllers.flatMap(forgetful)).toEqual([])
  @Controller('v1/planted')
  class Planted { @Get('record') record(): string { return 'read' } }
  expect(forgetful(Planted)).toEqual(['Planted.record'])
})

it('every purpose is somebody\'s', () => {
  expect([...new Set(ROLES.flatMap((role) => PURPOSES_OF[role]))].sort()).toEqual([...PURPOSES].sort())
})
