import { request } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { KcpdReport } from '../../apps/intake/src/import-run/import-kcpd'
import type { ImportReport } from '../../apps/intake/src/import-run/import-nibrs'
import type { TestChorus } from './chorus'

export interface ImportHow { readonly dryRun?: boolean; readonly zone?: string; readonly sha256?: string; readonly bytes?: number; /** destroys the connection after so many bytes */ readonly cutAfter?: number }

/** Uploads a file over HTTP, as a stream, and answers the report. Rejects with the problem where there is one. */
export const importFile = (chorus: Pick<TestChorus, 'address' | 'bearer'>, body: Readable, how: ImportHow = {}): Promise<ImportReport> => upload<ImportReport>(chorus, '/v1/imports/nibrs', body, how)
/** The same for the open crime data of Kansas City. */
export const importKcpd = (chorus: Pick<TestChorus, 'address' | 'bearer'>, body: Readable, how: ImportHow = {}): Promise<KcpdReport> => upload<KcpdReport>(chorus, '/v1/imports/kcpd', body, how)

const upload = async <R>(chorus: Pick<TestChorus, 'address' | 'bearer'>, path: string, body: Readable, how: ImportHow): Promise<R> => {
  const url = new URL(path, chorus.address)
  if (how.dryRun) url.searchParams.set('dryRun', 'true')
  if (how.zone) url.searchParams.set('zone', how.zone)
  const upload = request(url, { method: 'POST', headers: {
    authorization: await chorus.bearer('intakeAnalyst'), 'content-type': 'application/octet-stream',
    ...(how.bytes !== undefined && { 'content-length': String(how.bytes) }), ...(how.sha256 && { 'content-digest': `sha-256=:${Buffer.from(how.sha256, 'hex').toString('base64')}:` }),
  } })
  const answer = new Promise<string>((resolve, reject) => {
    upload.on('error', reject)
    upload.on('response', response => {
      let text = ''
      response.on('data', (chunk: Buffer) => { text += chunk.toString() })
      response.on('end', () => resolve(text))
      response.on('error', reject)
    })
  })
  answer.catch(() => undefined)
  let sent = 0
  await pipeline(body, async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      yield chunk
      sent += chunk.length
      if (how.cutAfter !== undefined && sent >= how.cutAfter) { upload.destroy(); return }
    }
  }, upload).catch(() => undefined)
  const last = (await answer).trim().split('\n').at(-1)!
  const { result, ...problem } = JSON.parse(last) as { result?: R }
  if (!result) throw Object.assign(new Error(`the import was refused: ${last}`), problem)
  return result
}
