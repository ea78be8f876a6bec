// Makes the passwords of infra/compose.yaml, once: files below infra/secrets, which git ignores. What is there stays.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * @param {string} folder absolute
 * @returns {string[]} names of the files that were made now
 */
export const makeSecrets = (folder) => {
  // the folder is its owner's alone; the files can be read by the user of whichever container they are handed to
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const made = []
  const once = (name, content) => {
    const path = join(folder, name)
    if (!existsSync(path)) {
      writeFileSync(path, content(), { mode: 0o444, flag: 'wx' })
      made.push(name)
    }
    return readFileSync(path, 'utf8')
  }
  const password = () => randomBytes(24).toString('base64url')
  once('postgres_password', password)
  const address = (role) => () => `postgres://chorus_${role}:${password()}@postgres:5432/chorus`
  once('database_owner_url', address('owner'))
  once('database_url_intake', address('intake'))
  once('database_url_relay', address('relay'))
  once('database_url_deterrence', address('deterrence'))
  once('database_url_services', address('services'))
  once('database_url_finance', address('finance'))
  once('database_url_evaluation', address('evaluation'))
  once('database_url_operations', address('operations'))
  return made
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'secrets')
  const made = makeSecrets(folder)
  process.stdout.write(made.length > 0 ? `made in ${folder}: ${made.join(', ')}\n` : `${folder} has them all already\n`)
}
