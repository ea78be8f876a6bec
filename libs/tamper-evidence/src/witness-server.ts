/**
 * The receiving side: keeps what the keys it was given have signed, and never goes back. PUT and GET
 * /logs/<log>/checkpoint, a signed note as text. A signature is all that is asked of who writes; what is kept says how far
 * a log has come and nothing of what it holds.
 */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { checkCheckpoint, keyName, readCheckpoint } from './checkpoint'
import type { CheckpointFolder } from './checkpoint-folder'
import { PlaceRefused } from './second-place'
import type { NoteVerifier } from './signed-note'

export interface WitnessServerOptions { readonly folder: CheckpointFolder; readonly keys: readonly NoteVerifier[]; readonly host: string; /** 0: any free one */ readonly port: number }
export interface WitnessServer { readonly address: string; close(): Promise<void> }

const LARGEST = 4096
const PATH = /^\/logs\/([0-9a-f-]{36})\/checkpoint$/

export const serveWitness = ({ folder, keys, host, port }: WitnessServerOptions): Promise<WitnessServer> => {
  const byName = new Map(keys.map((key) => [key.name, key]))
  // one after the other: what was looked at is still so when it is written
  let queue: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => { const next = queue.then(work); queue = next.catch(() => undefined); return next }

  const keep = async (log: string, note: string): Promise<readonly [number, string]> => {
    const noted = readCheckpoint(note)
    if (!noted || noted.log !== log) return [400, 'this is no checkpoint of that log']
    const key = byName.get(keyName(log))
    if (!key) return [403, 'this log is not known here: start the witness with its public key (--key)']
    if (checkCheckpoint(note, key) !== 'signed') return [403, 'it is not signed by the key that is known here for this log']
    try { await folder.keep(noted) } catch (error) {
      if (error instanceof PlaceRefused) return [409, error.message]
      throw error
    }
    return [204, '']
  }
  const answer = async (request: IncomingMessage): Promise<readonly [number, string]> => {
    const log = PATH.exec(request.url ?? '')?.[1]
    if (log === undefined) return [404, 'there is nothing here but /logs/<log>/checkpoint']
    if (request.method === 'PUT') { const note = await textOf(request); return note === undefined ? [413, 'too large for a checkpoint'] : inTurn(() => keep(log, note)) }
    if (request.method !== 'GET') return [405, 'GET or PUT']
    const last = await folder.last(log)
    return last ? [200, last.note] : [404, 'no checkpoint of that log was kept here']
  }
  const server: Server = createServer((request, response) => {
    void answer(request).catch((error: unknown): readonly [number, string] => [500, `it could not be kept (${(error as { code?: string }).code ?? 'error'})`]).then(([status, text]) => {
      request.resume()
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(text)
    })
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      const { address, port: at, family } = server.address() as AddressInfo
      resolve({
        address: `http://${family === 'IPv6' ? `[${address}]` : address}:${at}`,
        close: () => new Promise((closed) => { server.close(() => closed()); server.closeAllConnections() }),
      })
    })
  })
}

const textOf = async (request: IncomingMessage): Promise<string | undefined> => {
  let text = ''
  for await (const chunk of request) if ((text += String(chunk)).length > LARGEST) return undefined
  return text
}
