/**
 * Who may do what at the broker, from the topics of the contracts: the relay alone writes, a service reads the topics that
 * name it as a reader, in groups of its own name. Writes acls.sh: `node -r ./test/support/register.js infra/kafka/acls.ts`;
 * one that is not what this writes fails acls.spec.ts.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { TOPICS, type Service, type Topic } from '@chorus/contracts'
import { MARK } from '@chorus/event-bus'

export interface Acl {
  /** the service as the broker knows it: its SASL user name, the same as its client id */
  readonly principal: string
  readonly resource: 'topic' | 'group' | 'transactional-id'
  readonly name: string
  /** `prefixed`: every name that begins with it */
  readonly pattern: 'literal' | 'prefixed'
  readonly operations: readonly ('Read' | 'Write' | 'Describe' | 'Create' | 'DescribeConfigs')[]
}

/** Client id and user name of a service. */
export const principalOf = (service: Service): string => `chorus-${service}`

export const aclsOf = (topics: readonly Topic[]): Acl[] => {
  const relay = principalOf('relay')
  const readers = [...new Set(topics.flatMap((topic) => topic.readers))]
  return [
    ...topics.map((topic): Acl => ({ principal: relay, resource: 'topic', name: topic.name, pattern: 'literal', operations: ['Create', 'Describe', 'DescribeConfigs', 'Write'] })),
    // whose the topics are (decision 0102): the relay says it, everybody sees it
    { principal: relay, resource: 'topic', name: MARK, pattern: 'prefixed', operations: ['Create', 'Describe'] },
    { principal: relay, resource: 'transactional-id', name: relay, pattern: 'literal', operations: ['Describe', 'Write'] },
    ...readers.flatMap((service): Acl[] => [
      ...topics.filter((topic) => topic.readers.includes(service)).map((topic): Acl => ({ principal: principalOf(service), resource: 'topic', name: topic.name, pattern: 'literal', operations: ['Describe', 'Read'] })),
      { principal: principalOf(service), resource: 'topic', name: MARK, pattern: 'prefixed', operations: ['Describe'] },
      // groups are consumers' names, which begin with their service's
      { principal: principalOf(service), resource: 'group', name: `${service}.`, pattern: 'prefixed', operations: ['Read'] },
    ]),
  ]
}

const HEAD = `#!/bin/sh
# Written by acls.ts from libs/contracts/src/topics.ts; do not edit. Gives each service its rights at the broker.
# The broker needs an authorizer and no rights by default:
#   authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
#   allow.everyone.if.no.acl.found=false
# Use: KAFKA_ACLS=/opt/kafka/bin/kafka-acls.sh BROKER=kafka-1.example:9093 ADMIN=admin.properties [KAFKA_PREFIX=staging.] sh acls.sh
set -eu
allow() { "\${KAFKA_ACLS:-kafka-acls.sh}" --bootstrap-server "\${BROKER:?host:port of a broker}" --command-config "\${ADMIN:?properties of an administrator}" --add --force "$@"; }
P="\${KAFKA_PREFIX:-}"
`

export const aclScript = (topics: readonly Topic[] = TOPICS): string => `${HEAD}${aclsOf(topics).map((acl) =>
  `allow --allow-principal 'User:${acl.principal}' ${acl.operations.map((operation) => `--operation ${operation}`).join(' ')} --${acl.resource} "\${P}${acl.name}"${acl.pattern === 'prefixed' ? ' --resource-pattern-type prefixed' : ''}`).join('\n')}\n`

if (require.main === module) writeFileSync(join(__dirname, 'acls.sh'), aclScript())
