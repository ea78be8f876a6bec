import { createServer, type Server } from 'node:http'
import { PROBLEM_TYPES } from '@chorus/platform'

export interface WaitingRoom {
  /** the sentence that readiness answers with */
  say(reason: string): void
  close(): Promise<void>
}

/**
 * Answers health while the service itself cannot start: alive, not ready, and what it waits for. Everything else is told
 * to come again.
 * @throws the server's error where the address cannot be listened on
 */
export const openWaitingRoom = (host: string, port: number): Promise<WaitingRoom> => {
  let reason = 'starting'
  const server: Server = createServer((request, response) => {
    const answer = (status: number, type: string, body: object): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', 'retry-after': '2', connection: 'close' }).end(JSON.stringify(body))
    }
    const path = (request.url ?? '').split('?')[0]
    request.resume()
    if (path === '/health/live') answer(200, 'application/json', { status: 'live' })
    else if (path === '/health/ready') answer(503, 'application/json', { status: 'not-ready', checks: [{ name: 'start', ok: false, text: reason }] })
    else answer(503, 'application/problem+json', { type: '/problems/retry-later', title: PROBLEM_TYPES['retry-later'].title, status: 503, detail: 'This service waits for what it stands on. /health/ready says for what. Send the same again in a moment.', retryable: true })
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve({
      say: (next) => { reason = next },
      close: () => new Promise((closed) => { server.close(() => closed()); server.closeAllConnections() }),
    }))
  })
}
