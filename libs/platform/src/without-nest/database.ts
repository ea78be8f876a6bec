/** `@chorus/platform/database`: the database as its owner sees it. */
export { enterAsOwner } from '../audit-log'
export { startEmbeddedPostgres } from '../embedded-postgres'
export { migrate, migrateWithin, MigrationRefused, pending, readMigrations } from '../migrate'
export { powersBeyondServices } from '../role-powers'
export { asRole, installRights, rightsBeyond, rightsMissing, tablesOfChorus } from '../role-rights'
export { guardsBroken } from '../schema-guards'
