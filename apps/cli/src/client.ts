/** HTTP to a Chorus: JSON requests, and uploads that stream while progress comes back line by line. */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CliError, EXIT, type ExitCode } from './exit'
import { addressFor, type Addresses } from './services'

export interface Problem { readonly type: string; readonly title: string; readonly status: number; readonly detail: string; readonly instance?: string; readonly retryable?: boolean; readonly errors?: readonly { readonly pointer: string; readonly rule: string; readonly detail: string }[]; readonly refused?: string }
export interface Ask {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** false: no bearer token is sent */
  readonly token?: false
}
export interface Upload extends Ask { readonly contentType: string; readonly body: Readable; /** bytes, where known */ readonly length?: number; /** bytes handed to the socket so far */ readonly onSent?: (bytes: number) => void }

/** An answer may hold this many bytes where it is read whole. */
const WHOLE = 256 * 1024 * 1024
/** Readiness itself waits no longer than some seconds for what it looks at. */
const LOOK_MS = 10_000

/** Whoever was looked at accepted, and said nothing. */
export class NotInTime extends CliError {}

export class Client {
  private readonly addresses: Addresses
  /** @param at one address, or one for each service */
  constructor(at: string | Addresses, private readonly token: () => Promise<string>, /** what persons' records are read for */ private readonly purpose?: string) { this.addresses = typeof at === 'string' ? { one: at, services: {} } : at }

  /** http://host:port of whoever answers this path */
  baseOf(path: string): string { return addressFor(this.addresses, path) }

  async get<T>(path: string, ask: Ask = {}): Promise<T> { return await this.whole('GET', path, ask) as T }
  async post<T>(path: string, body: object = {}, ask: Ask = {}): Promise<T> { return await this.whole('POST', path, ask, body) as T }
  /**
   * GET that answers whatever the status is: health answers 503 with a body worth showing. Of who hangs it is said in time
   * that it does: a connection is accepted for a process that stands still, too.
   */
  async look(path: string, ask: Ask = {}, withinMs = LOOK_MS): Promise<{ readonly status: number; readonly body: unknown; /** the server's Date header */ readonly date?: string }> {
    const late = AbortSignal.timeout(withinMs)
    try {
      const response = await this.open('GET', path, { ...ask, signal: ask.signal ? AbortSignal.any([ask.signal, late]) : late })
      return { status: response.statusCode ?? 0, body: parsed(await textOf(response)), ...(response.headers.date ? { date: response.headers.date } : {}) }
    } catch (error) {
      if (!late.aborted || ask.signal?.aborted) throw error
      throw new NotInTime(`${this.baseOf(path)} does not answer within ${withinMs / 1000} s: it may hang. Look at its process and at its log.`, EXIT.unavailable)
    }
  }
  /** GET of an NDJSON answer, one object per line, as they come; memory stays flat. */
  async *lines<T>(path: string, ask: Ask = {}): AsyncGenerator<T> {
    const response = await this.open('GET', path, ask)
    await refuseProblem(response)
    yield* ndjson<T>(response)
  }

  /**
   * POSTs a stream and gives the answer's NDJSON lines while the upload still runs. The server may answer early and end
   * the upload (a file it refuses): that is its answer, not a broken connection. Abort the signal to stop both ways.
   */
  async *upload<T>(path: string, { body, contentType, length, onSent, ...ask }: Upload): AsyncGenerator<T> {
    const stop = new AbortController()
    const signal = ask.signal ? AbortSignal.any([ask.signal, stop.signal]) : stop.signal
    const request = await this.start('POST', path, { ...ask, signal, headers: { ...ask.headers, 'content-type': contentType, ...(length === undefined ? {} : { 'content-length': String(length) }) } })
    const answer = new Promise<IncomingMessage>((resolve, reject) => { request.once('response', resolve); request.once('error', reject) })
    let sent = 0
    const counted = async function* (chunks: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer | string> {
      for await (const chunk of chunks) { sent += Buffer.byteLength(chunk); yield chunk; onSent?.(sent) }
    }
    const sending = pipeline(body, counted, request, { signal })
    // Of the two the answer counts: a send that fails because the server has already refused is not an error of its own.
    sending.catch(() => undefined)
    try {
      const response = await answer.catch(async (error: unknown) => { body.destroy(); throw unreachable(this.baseOf(path), error, ask.signal) })
      await refuseProblem(response)
      try { yield* ndjson<T>(response) } catch (error) { throw error instanceof CliError ? error : unreachable(this.baseOf(path), error, ask.signal) }
    } finally {
      stop.abort()
      body.destroy()
    }
  }

  private async whole(method: string, path: string, ask: Ask, body?: object): Promise<unknown> {
    const response = await this.open(method, path, ask, body)
    await refuseProblem(response)
    return parsed(await textOf(response))
  }

  private async open(method: string, path: string, ask: Ask, body?: object): Promise<IncomingMessage> {
    const request = await this.start(method, path, { ...ask, headers: { ...(body ? { 'content-type': 'application/json' } : {}), ...ask.headers } })
    try {
      return await new Promise((resolve, reject) => { request.once('response', resolve); request.once('error', reject); request.end(body ? JSON.stringify(body) : undefined) })
    } catch (error) {
      throw unreachable(this.baseOf(path), error, ask.signal)
    }
  }

  private async start(method: string, path: string, ask: Ask): Promise<ReturnType<typeof httpRequest>> {
    const url = new URL(path, `${this.baseOf(path)}/`)
    for (const [name, value] of Object.entries(ask.query ?? {})) if (value !== undefined) url.searchParams.set(name, String(value))
    const options: RequestOptions = { method, agent: false, headers: { accept: 'application/json, application/x-ndjson', ...(ask.token === false ? {} : { authorization: `Bearer ${await this.token()}` }), ...(this.purpose === undefined ? {} : { 'x-purpose': this.purpose }), ...ask.headers }, ...(ask.signal ? { signal: ask.signal } : {}) }
    return url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options)
  }
}

const textOf = async (response: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > WHOLE) throw new CliError('The answer is larger than this command can hold. Narrow the question.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
const parsed = (text: string): unknown => { try { return JSON.parse(text) } catch { return text } }

/** One object per line; a line that is cut short means that the connection was, not that it is the last. */
export async function* ndjson<T>(stream: AsyncIterable<Buffer | string>): AsyncGenerator<T> {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of stream) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    const lines = rest.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as T
  }
  if (rest.trim() === '') return
  try { yield JSON.parse(rest) as T } catch { throw new CliError('The answer broke off in the middle. Run the same command again: what was recorded is not recorded twice.', EXIT.unavailable) }
}

const EXIT_BY_STATUS: Record<number, ExitCode> = { 400: EXIT.usage, 401: EXIT.refused, 403: EXIT.refused, 404: EXIT.failure, 409: EXIT.conflict, 413: EXIT.dataErrors, 415: EXIT.usage, 422: EXIT.dataErrors, 503: EXIT.unavailable }
/** A problem as the error a person reads. A rule of the program that refuses exits 5, wrong fields exit 3, a wrong parameter 2. */
export const errorOfProblem = (problem: Problem): CliError => {
  const fields = (problem.errors ?? []).map(({ pointer, detail }) => `  ${pointer || '(the whole)'}: ${detail}`)
  const exit = problem.refused && problem.status === 422 ? EXIT.refused : EXIT_BY_STATUS[problem.status] ?? EXIT.failure
  return new CliError(`${problem.title}. ${problem.detail}`, exit, [...fields, ...(problem.status >= 500 && problem.instance ? [`  in the server's log: ${problem.instance.replace('urn:uuid:', '')}`] : [])], problem)
}
/**
 * The result of long work: lines `{"progress"}` go to `onProgress`, `{"result"}` is the answer, `{"problem"}` is thrown.
 * Give it what `client.lines` or `client.upload` yields.
 */
export const resultOf = async <Result, Progress = unknown>(lines: AsyncIterable<unknown>, onProgress: (progress: Progress) => void = () => undefined): Promise<Result> => {
  for await (const line of lines as AsyncIterable<{ progress?: Progress; result?: Result; problem?: Problem }>) {
    if (line.progress !== undefined) onProgress(line.progress)
    if (line.problem !== undefined) throw errorOfProblem(line.problem)
    if (line.result !== undefined) return line.result
  }
  throw new CliError('The answer broke off before its result. Run the same command again: what was recorded is not recorded twice.', EXIT.unavailable)
}
const refuseProblem = async (response: IncomingMessage): Promise<void> => {
  const status = response.statusCode ?? 0
  if (status < 400) return
  const body = parsed(await textOf(response))
  if (typeof body === 'object' && body !== null && 'title' in body && 'detail' in body) throw errorOfProblem(body as Problem)
  throw new CliError(`The server answered ${status}, and not in the way of a Chorus. Check the address (CHORUS_URL).`, EXIT.unavailable)
}
const unreachable = (base: string, error: unknown, signal?: AbortSignal): CliError => {
  if (signal?.aborted) return new CliError('Stopped.', EXIT.interrupted)
  const code = (error as { code?: string }).code ?? 'no answer'
  return new CliError(`Chorus at ${base} does not answer (${code}). Is it running? npx chorus doctor looks.`, EXIT.unavailable)
}
