/** Long work answers NDJSON: progress lines, then the result. */
import type { ReplayResult } from '@chorus/event-store'
import type { TestChorus } from './chorus'

const resultOf = async <T>(chorus: TestChorus, path: string): Promise<T> => {
  const { body } = await chorus.agent.get(path).set('Authorization', await chorus.bearer('operator')).expect(200).buffer(true).parse((response, done) => {
    let text = ''
    response.on('data', (chunk: Buffer) => { text += chunk.toString() })
    response.on('end', () => done(null, text))
  })
  return (JSON.parse((body as string).trim().split('\n').at(-1)!) as { result: T }).result
}
export const replayed = (chorus: TestChorus): Promise<ReplayResult> => resultOf(chorus, '/v1/replay')
export const verdict = (chorus: TestChorus, query = ''): Promise<{ readonly ok: boolean; readonly checked: number }> => resultOf(chorus, `/v1/log/verification${query}`)
