#!/bin/sh
# Written by acls.ts from libs/contracts/src/topics.ts; do not edit. Gives each service its rights at the broker.
# The broker needs an authorizer and no rights by default:
#   authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
#   allow.everyone.if.no.acl.found=false
# Use: KAFKA_ACLS=/opt/kafka/bin/kafka-acls.sh BROKER=kafka-1.example:9093 ADMIN=admin.properties [KAFKA_PREFIX=staging.] sh acls.sh
set -eu
allow() { "${KAFKA_ACLS:-kafka-acls.sh}" --bootstrap-server "${BROKER:?host:port of a broker}" --command-config "${ADMIN:?properties of an administrator}" --add --force "$@"; }
P="${KAFKA_PREFIX:-}"
allow --allow-principal 'User:chorus-relay' --operation Create --operation Describe --operation DescribeConfigs --operation Write --topic "${P}justice.incidents.v1"
allow --allow-principal 'User:chorus-relay' --operation Create --operation Describe --operation DescribeConfigs --operation Write --topic "${P}justice.circumstances.v1"
allow --allow-principal 'User:chorus-relay' --operation Create --operation Describe --operation DescribeConfigs --operation Write --topic "${P}program.cases.v1"
allow --allow-principal 'User:chorus-relay' --operation Create --operation Describe --operation DescribeConfigs --operation Write --topic "${P}program.notifications.v1"
allow --allow-principal 'User:chorus-relay' --operation Create --operation Describe --operation DescribeConfigs --operation Write --topic "${P}safety.reviews.v1"
allow --allow-principal 'User:chorus-relay' --operation Create --operation Describe --operation DescribeConfigs --operation Write --topic "${P}pch.services.v1"
allow --allow-principal 'User:chorus-relay' --operation Create --operation Describe --operation DescribeConfigs --operation Write --topic "${P}governance.records.v1"
allow --allow-principal 'User:chorus-relay' --operation Create --operation Describe --operation DescribeConfigs --operation Write --topic "${P}finance.ledger.v1"
allow --allow-principal 'User:chorus-relay' --operation Create --operation Describe --topic "${P}chorus.log." --resource-pattern-type prefixed
allow --allow-principal 'User:chorus-relay' --operation Describe --operation Write --transactional-id "${P}chorus-relay"
allow --allow-principal 'User:chorus-intake' --operation Describe --operation Read --topic "${P}justice.incidents.v1"
allow --allow-principal 'User:chorus-intake' --operation Describe --operation Read --topic "${P}governance.records.v1"
allow --allow-principal 'User:chorus-intake' --operation Describe --topic "${P}chorus.log." --resource-pattern-type prefixed
allow --allow-principal 'User:chorus-intake' --operation Read --group "${P}intake." --resource-pattern-type prefixed
allow --allow-principal 'User:chorus-deterrence' --operation Describe --operation Read --topic "${P}justice.incidents.v1"
allow --allow-principal 'User:chorus-deterrence' --operation Describe --operation Read --topic "${P}justice.circumstances.v1"
allow --allow-principal 'User:chorus-deterrence' --operation Describe --operation Read --topic "${P}program.cases.v1"
allow --allow-principal 'User:chorus-deterrence' --operation Describe --operation Read --topic "${P}program.notifications.v1"
allow --allow-principal 'User:chorus-deterrence' --operation Describe --operation Read --topic "${P}safety.reviews.v1"
allow --allow-principal 'User:chorus-deterrence' --operation Describe --operation Read --topic "${P}governance.records.v1"
allow --allow-principal 'User:chorus-deterrence' --operation Describe --topic "${P}chorus.log." --resource-pattern-type prefixed
allow --allow-principal 'User:chorus-deterrence' --operation Read --group "${P}deterrence." --resource-pattern-type prefixed
allow --allow-principal 'User:chorus-services' --operation Describe --operation Read --topic "${P}program.cases.v1"
allow --allow-principal 'User:chorus-services' --operation Describe --operation Read --topic "${P}program.notifications.v1"
allow --allow-principal 'User:chorus-services' --operation Describe --operation Read --topic "${P}pch.services.v1"
allow --allow-principal 'User:chorus-services' --operation Describe --operation Read --topic "${P}governance.records.v1"
allow --allow-principal 'User:chorus-services' --operation Describe --topic "${P}chorus.log." --resource-pattern-type prefixed
allow --allow-principal 'User:chorus-services' --operation Read --group "${P}services." --resource-pattern-type prefixed
allow --allow-principal 'User:chorus-operations' --operation Describe --operation Read --topic "${P}program.cases.v1"
allow --allow-principal 'User:chorus-operations' --operation Describe --operation Read --topic "${P}program.notifications.v1"
allow --allow-principal 'User:chorus-operations' --operation Describe --operation Read --topic "${P}pch.services.v1"
allow --allow-principal 'User:chorus-operations' --operation Describe --operation Read --topic "${P}governance.records.v1"
allow --allow-principal 'User:chorus-operations' --operation Describe --operation Read --topic "${P}finance.ledger.v1"
allow --allow-principal 'User:chorus-operations' --operation Describe --topic "${P}chorus.log." --resource-pattern-type prefixed
allow --allow-principal 'User:chorus-operations' --operation Read --group "${P}operations." --resource-pattern-type prefixed
allow --allow-principal 'User:chorus-evaluation' --operation Describe --operation Read --topic "${P}governance.records.v1"
allow --allow-principal 'User:chorus-evaluation' --operation Describe --topic "${P}chorus.log." --resource-pattern-type prefixed
allow --allow-principal 'User:chorus-evaluation' --operation Read --group "${P}evaluation." --resource-pattern-type prefixed
allow --allow-principal 'User:chorus-finance' --operation Describe --operation Read --topic "${P}finance.ledger.v1"
allow --allow-principal 'User:chorus-finance' --operation Describe --topic "${P}chorus.log." --resource-pattern-type prefixed
allow --allow-principal 'User:chorus-finance' --operation Read --group "${P}finance." --resource-pattern-type prefixed
