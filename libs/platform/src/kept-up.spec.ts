import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres'
import { keepPostgresUp, MOST_RESTARTS } from './kept-up'
import { SetupRefused } from './postgres-binaries'

jest.mock('./embedded-postgres', () => ({ startEmbeddedPostgres: jest.fn() }))
const starts = jest.mocked(startEmbeddedPostgres)
type End = Awaited<EmbeddedPostgres['ended']>

/** A server that runs until it is told how it ended. */
const server = (): EmbeddedPostgres & { end(why?: string): void } => {
  let end: (why: End) => void = () => undefined
  const ended = new Promise<End>((resolve) => { end = resolve })
  return { pid: 1, port: 5432, adminUrl: '', ownerUrl: '', appUrl: '', ended, stop: async () => end(undefined), end: (text) => end(text === undefined ? undefined : { text, diskFull: false }) }
}
beforeEach(() => starts.mockReset())

describe('a server that died', () => {
  it('and dies again while it is started is started once more', async () => {
    const [first, second] = [server(), server()]
    starts.mockResolvedValueOnce(first).mockRejectedValueOnce(new Error('write CONNECTION_CLOSED')).mockResolvedValueOnce(second)
    const said: string[] = []
    const kept = await keepPostgresUp({ folder: '/nowhere', say: (line) => { said.push(line) } })
    first.end('PostgreSQL was killed')
    for (let i = 0; i < 20 && starts.mock.calls.length < 3; i++) await new Promise((resolve) => { setImmediate(resolve) })
    await kept.stop()
    expect(starts).toHaveBeenCalledTimes(3)
    expect(said.at(-1)).toBe('PostgreSQL is back; what was recorded is there')
  })
  it.each([
    ['is refused', () => new SetupRefused('its folder is damaged'), 2],
    ['never comes up', () => new Error('write CONNECTION_CLOSED'), 1 + MOST_RESTARTS],
  ])('and %s is given up, with the reason', async (_, error, calls) => {
    const first = server()
    starts.mockResolvedValueOnce(first).mockImplementation(() => Promise.reject(error()))
    const kept = await keepPostgresUp({ folder: '/nowhere' })
    first.end('PostgreSQL was killed')
    expect(await kept.died).toBe(`PostgreSQL was killed, and does not start again: ${error().message}`)
    expect(starts).toHaveBeenCalledTimes(calls)
  })
})
