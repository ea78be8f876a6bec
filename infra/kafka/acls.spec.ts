import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SERVICES, TOPICS } from '@chorus/contracts'
import { MARK } from '@chorus/event-bus'
import { aclScript, aclsOf, principalOf } from './acls'

const acls = aclsOf(TOPICS)
const mayRead = (service: string, topic: string): boolean => acls.some((acl) => acl.principal === `chorus-${service}` && acl.resource === 'topic' && acl.name === topic && acl.operations.includes('Read'))

describe('rights at the broker', () => {
  it('acls.sh is what the topics say', () => {
    expect(readFileSync(join(__dirname, 'acls.sh'), 'utf8')).toBe(aclScript())
  })

  it('acls.sh runs, and asks for every right with the prefix before each name', () => {
    const run = (prefix: string): string[] => execFileSync('sh', [join(__dirname, 'acls.sh')], { env: { PATH: process.env.PATH, KAFKA_ACLS: 'echo', BROKER: 'kafka-1.example:9093', ADMIN: 'admin.properties', KAFKA_PREFIX: prefix }, encoding: 'utf8' }).trim().split('\n')
    expect(run('')).toHaveLength(acls.length)
    expect(run('staging.')).toContain('--bootstrap-server kafka-1.example:9093 --command-config admin.properties --add --force --allow-principal User:chorus-finance --operation Describe --operation Read --topic staging.finance.ledger.v1')
    expect(run('')).toContain('--bootstrap-server kafka-1.example:9093 --command-config admin.properties --add --force --allow-principal User:chorus-finance --operation Read --group finance. --resource-pattern-type prefixed')
  })

  it.each(TOPICS.map((topic) => [topic.name, topic] as const))('%s is read by its readers and nobody else', (_, topic) => {
    expect(SERVICES.filter((service) => mayRead(service, topic.name))).toEqual(SERVICES.filter((service) => topic.readers.includes(service)))
  })

  it('the relay alone writes, makes topics and has a transactional id', () => {
    for (const acl of acls.filter(({ resource, operations }) => resource === 'transactional-id' || operations.includes('Write') || operations.includes('Create'))) expect(acl.principal).toBe(principalOf('relay'))
  })

  it('nobody has a right on everything, and groups are a service\'s own', () => {
    for (const { name, resource, pattern, principal } of acls) {
      expect(name).not.toBe('*')
      if (pattern === 'prefixed' && resource !== 'topic') expect([resource, `chorus-${name}`]).toEqual(['group', `${principal}.`])
    }
  })

  it('everybody sees whose the topics are, and the relay alone can say it', () => {
    const marks = acls.filter(({ resource, pattern }) => resource === 'topic' && pattern === 'prefixed')
    expect(new Set(marks.map(({ name }) => name))).toEqual(new Set([MARK]))
    expect(new Map(marks.map(({ principal, operations }) => [principal, operations]))).toEqual(new Map(SERVICES.filter((service) => acls.some(({ principal }) => principal === principalOf(service))).map((service) => [principalOf(service), service === 'relay' ? ['Create', 'Describe'] : ['Describe']])))
  })
})
