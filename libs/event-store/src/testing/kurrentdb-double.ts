/**
 * A double of a KurrentDB server: the protocol over real gRPC, with the client's own generated service definitions, so
 * that the real client talks to it. It keeps its log in memory, also over a crash() and a restart(). What it says is what
 * we believe the server says: `KURRENTDB_URL` runs the same tests against a live one.
 */
import { Server, ServerCredentials, status, type sendUnaryData, type ServerDuplexStream, type ServerReadableStream, type ServerWritableStream, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js'
import { once } from 'node:events'
import { ServerFeaturesService } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_grpc_pb'
import { SupportedMethod, SupportedMethods } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/serverfeatures_pb'
import { StreamsService } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_grpc_pb'
import type { AppendReq, AppendResp, BatchAppendReq, BatchAppendResp, ReadReq, ReadResp } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb'
import { DoubleLog, type Decided, type Expected, type Kept, type Proposed, type Surprise } from './kurrentdb-double-log'
import { appendAnswer, batchAnswer, caughtUp, checkpoint, confirmation, eventAnswer, expectedBy, expectedByBatch, notFound, proposed, selectionOf, streamOf, TOO_LARGE, type Selection } from './kurrentdb-double-messages'

/** What goes wrong with the next append. */
export type Fault = 'lost-before' | 'answer-lost' | 'timed-out' | 'frozen'
export interface DoubleOptions {
  /** surprises that it does not have */
  readonly off?: readonly Surprise[]
  /** false: an old server, which knows single appends alone */
  readonly batches?: boolean
  readonly port?: number
}

export class KurrentDouble {
  log: DoubleLog
  port = 0
  /** subscriptions opened so far */
  subscribed = 0
  private server: Server | undefined
  private readonly faults: Fault[] = []
  private readonly enders = new Set<() => void>()

  private constructor(private readonly options: DoubleOptions) { this.log = new DoubleLog(new Set(options.off)) }

  static async start(options: DoubleOptions = {}): Promise<KurrentDouble> {
    const double = new KurrentDouble(options)
    double.port = options.port ?? 0
    await double.restart()
    return double
  }

  get url(): string { return `kurrentdb://127.0.0.1:${this.port}?tls=false` }

  /** The next append that arrives meets this; several wait in line. */
  next(...faults: readonly Fault[]): void { this.faults.push(...faults) }

  /** Every open subscription ends with an error, as when a follower is too slow or a node changes its part. */
  endSubscriptions(): void { if (this.log.has('a-subscription-ends-on-error')) for (const end of this.enders) end() }

  /** Every connection breaks and nothing listens any more; the log stays. */
  crash(): void {
    this.server?.forceShutdown()
    this.server = undefined
    this.enders.clear()
  }

  async restart(): Promise<void> {
    const server = new Server({ 'grpc.max_receive_message_length': 32 * 1024 * 1024 })
    server.addService(StreamsService as unknown as ServiceDefinition, {
      append: (call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>) => this.append(call, answer),
      batchAppend: (call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>) => this.batchAppend(call),
      read: (call: ServerWritableStream<ReadReq, ReadResp>) => void this.read(call).catch((error: unknown) => call.destroy(error as Error)),
    } as unknown as UntypedServiceImplementation)
    server.addService(ServerFeaturesService as unknown as ServiceDefinition, {
      getSupportedMethods: (_call: unknown, answer: sendUnaryData<SupportedMethods>) => answer(null, this.features()),
    })
    this.port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${this.port}`, ServerCredentials.createInsecure(), (error, port) => { if (error) reject(error); else resolve(port) })
    })
    this.server = server
  }

  /** An empty server with the same surprises; connections stay. */
  anew(): void {
    this.endSubscriptions()
    this.log = new DoubleLog(new Set(this.options.off))
    this.faults.length = 0
  }

  stop(): void { this.crash() }

  private features(): SupportedMethods {
    const methods = ['read', 'append', ...this.options.batches === false ? [] : ['batchappend']]
    return new SupportedMethods().setEventStoreServerVersion('25.1.0')
      .setMethodsList(methods.map((name) => new SupportedMethod().setMethodName(name).setServiceName('event_store.client.streams.streams').setFeaturesList([])))
  }

  private append(call: ServerReadableStream<AppendReq, AppendResp>, answer: sendUnaryData<AppendResp>): void {
    let stream = ''
    let expected: Expected = 'any'
    const events: Proposed[] = []
    call.on('data', (part: AppendReq) => {
      const options = part.getOptions()
      if (options) { stream = streamOf(options.getStreamIdentifier()); expected = expectedBy(options) } else events.push(proposed(part.getProposedMessage()!))
    })
    call.on('error', () => undefined)
    call.on('end', () => {
      const decided = this.decide(stream, expected, events)
      if (decided === 'frozen') return
      if (decided === 'timed-out') return answer({ code: status.DEADLINE_EXCEEDED, details: 'Operation timed out' })
      if (!decided.ok && decided.why !== 'wrong-version') return answer(decided.why === 'too-large' ? TOO_LARGE : { code: status.INVALID_ARGUMENT, details: 'not JSON' })
      answer(null, appendAnswer(decided))
    })
  }

  private batchAppend(call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void {
    const open = new Map<string, { readonly first: BatchAppendReq; readonly events: Proposed[] }>()
    call.on('data', (part: BatchAppendReq) => {
      const id = part.getCorrelationId()!
      const key = id.getString() || Buffer.from(id.serializeBinary()).toString('hex')
      const run = open.get(key) ?? { first: part, events: [] }
      open.set(key, run)
      run.events.push(...part.getProposedMessagesList().map(proposed))
      if (!part.getIsFinal()) return
      open.delete(key)
      const options = run.first.getOptions()!
      const decided = this.decide(streamOf(options.getStreamIdentifier()), expectedByBatch(options), run.events)
      if (decided !== 'frozen') call.write(batchAnswer(part, options, decided))
    })
    call.on('error', () => undefined)
    call.on('end', () => call.end())
  }

  private decide(stream: string, expected: Expected, events: readonly Proposed[]): Decided | 'frozen' | 'timed-out' {
    const fault = this.faults.shift()
    if (fault === 'frozen') return fault
    if (fault === 'lost-before') { this.dropped(); return 'frozen' }
    const decided = this.log.append(stream, expected, events)
    if (fault === 'answer-lost') { this.dropped(); return 'frozen' }
    return fault === 'timed-out' ? fault : decided
  }

  /** The connections break; the server is there again at once. */
  private dropped(): void {
    this.crash()
    void this.restart()
  }

  private async read(call: ServerWritableStream<ReadReq, ReadResp>): Promise<void> {
    const selection = selectionOf(call.request)
    if (selection.subscription) return this.follow(call, selection)
    const { stream, backwards, count } = selection
    const from = stream === undefined ? this.log.all : this.log.stream(stream)
    if (stream !== undefined && from.length === 0) { call.write(notFound(stream)); call.end(); return }
    const given = (backwards ? [...from].reverse() : from).filter((one) => selection.holds(one)).slice(0, count)
    for (const one of given) {
      if (call.cancelled) return
      if (!call.write(eventAnswer(one, selection))) await once(call, 'drain')
    }
    call.end()
  }

  private async follow(call: ServerWritableStream<ReadReq, ReadResp>, selection: Selection): Promise<void> {
    this.subscribed += 1
    let at = 0
    let wake: () => void = () => undefined
    const off = this.log.onGrowth(() => wake())
    const end = (): void => { call.emit('error', { code: status.ABORTED, details: 'Operation aborted: the consumer is too slow' }); off() }
    this.enders.add(end)
    call.on('cancelled', () => { off(); this.enders.delete(end); wake() })
    call.write(confirmation())
    let told = -1n
    for (let told_ = false; !call.cancelled && this.enders.has(end);) {
      let passed = 0
      for (; at < this.log.all.length; at++) {
        const one: Kept = this.log.all[at]!
        if (!selection.after(one)) continue
        if (selection.holds(one)) call.write(eventAnswer(one, selection))
        else if (selection.interval > 0 && ++passed % selection.interval === 0) call.write(checkpoint(told = one.position))
      }
      const last = this.log.all.at(-1)
      if (selection.interval > 0 && last && last.position > told && selection.after(last)) call.write(checkpoint(told = last.position))
      if (!told_) { call.write(caughtUp()); told_ = true }
      await new Promise<void>((resolve) => { wake = resolve })
    }
  }
}
