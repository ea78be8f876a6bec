/** The command line finds the right service: its table of paths says what the controllers say. */
import type { Type } from '@nestjs/common'
import { PATH_METADATA } from '@nestjs/common/constants'
import { join } from 'node:path'
import { SERVICES } from '@chorus/contracts'
import { addressesIn, addressFor, serviceOf, variableOf } from '../../apps/cli/src/services'
import { routesOf } from '../support/doors'
import { filesBelow, root } from './tree'

const routes = filesBelow('apps').filter((path) => path.endsWith('.controller.ts')).flatMap((path) => {
  const exported = Object.values(jest.requireActual<Record<string, unknown>>(join(root, path)))
  const controllers = exported.filter((value): value is Type => typeof value === 'function' && Reflect.hasMetadata(PATH_METADATA, value))
  return controllers.flatMap((controller) => routesOf(controller).map(({ name, path: route }) => ({ app: path.split('/')[1], name, route })))
})

it.each(routes.map(({ name, route, app }) => [name, route, app] as const))('%s, %s, is a path of %s', (_, route, app) => {
  expect(serviceOf(route.replaceAll(/:[a-zA-Z]+/g, 'some-id'))).toBe(app)
})

it('knows more than a few routes', () => expect(routes.length).toBeGreaterThan(15))

it('leaves what every process answers to any of them', () => {
  expect(['/health/ready', '/v1/me', '/docs/openapi.json', '/problems'].map(serviceOf)).toEqual([undefined, undefined, undefined, undefined])
})

describe('the address for a path', () => {
  const each = Object.fromEntries(SERVICES.map((service, at) => [service, `http://127.0.0.1:${9000 + at}`]))

  it('is the service\'s own where there are several, and the one where there is one', () => {
    expect(addressFor({ services: each }, '/v1/history?of=x')).toBe(each.evaluation)
    expect(addressFor({ one: 'http://127.0.0.1:1', services: {} }, '/v1/history')).toBe('http://127.0.0.1:1')
    expect(addressFor({ one: 'http://127.0.0.1:1', services: each }, '/v1/me')).toBe('http://127.0.0.1:1')
  })

  it('comes from the environment: one for all, and one of its own for any service', () => {
    const env = { CHORUS_URL: 'https://chorus.example/', [variableOf('evaluation')]: 'http://127.0.0.1:2' }
    const addresses = addressesIn(env)
    expect(addresses).toEqual({ one: 'https://chorus.example', services: { evaluation: 'http://127.0.0.1:2' } })
    expect(addressesIn({ CHORUS_URL: ' ' })).toBeUndefined()
  })

  it('is asked for by the name of its variable where it is not known, and refused where it is none', () => {
    expect(() => addressFor({ services: { intake: 'http://127.0.0.1:1' } }, '/v1/log/head')).toThrow(/CHORUS_URL_OPERATIONS/)
    expect(() => addressesIn({ CHORUS_URL_INTAKE: 'here' })).toThrow(/CHORUS_URL_INTAKE: is not an http/)
  })
})
