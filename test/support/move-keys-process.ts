/** Moves a key folder in a process of its own, which may be killed: node -r ./test/support/register.js FILE DATABASE FOLDER TO TOOL SETTINGS */
import { postgres } from '@chorus/postgres'
import { moveKeys, Pkcs11Service, ServiceSeal, type Pkcs11Settings } from '@chorus/privacy'

const [database = '', folder = '', to = '', tool = '', settings = ''] = process.argv.slice(2)
const run = async (): Promise<void> => {
  const sql = postgres(database, { max: 1, onnotice: () => undefined })
  try { await moveKeys(sql, folder, new ServiceSeal(new Pkcs11Service(JSON.parse(settings) as Pkcs11Settings, { tool })), to as 'service' | 'files') } finally { await sql.end({ timeout: 1 }) }
}
void run()
