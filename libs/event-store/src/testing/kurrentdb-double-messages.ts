/** The double's messages: from the protocol's shapes to plain ones and back. int64 fields are strings there. */
import { Metadata, status } from '@grpc/grpc-js'
import { Any } from 'google-protobuf/google/protobuf/any_pb'
import { Empty as GoogleEmpty } from 'google-protobuf/google/protobuf/empty_pb'
import { randomUUID } from 'node:crypto'
import { Code } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/code_pb'
import { AllStreamPosition, Empty, MaximumAppendSizeExceeded, StreamIdentifier, Timeout, Unknown, UUID, WrongExpectedVersion } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb'
import { Status } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb'
import { AppendReq, AppendResp, BatchAppendReq, BatchAppendResp, ReadReq, ReadResp } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb'
import { SERVER_APPEND_LIMIT, type Decided, type Expected, type Kept, type Proposed } from './kurrentdb-double-log'

/** What a read or a subscription asks for. */
export interface Selection {
  /** absent: the whole log */
  readonly stream?: string
  readonly backwards: boolean
  readonly count: number
  readonly subscription: boolean
  /** a subscription's events between two checkpoints; 0: it has no filter, and no checkpoints */
  readonly interval: number
  readonly structuredIds: boolean
  /** filter and start of a read: a read begins with the event it names */
  holds(event: Kept): boolean
  /** start of a subscription: it begins behind the event it names */
  after(event: Kept): boolean
}

const WINDOW = 32

export const streamOf = (identifier: StreamIdentifier | undefined): string => Buffer.from(identifier!.getStreamName_asU8()).toString()
const identifier = (stream: string): StreamIdentifier => new StreamIdentifier().setStreamName(Buffer.from(stream).toString('base64'))

const idIn = (id: UUID): string => {
  const structured = id.getStructured()
  if (!structured) return id.getString()
  const hex = [structured.getMostSignificantBits(), structured.getLeastSignificantBits()].map((half) => BigInt.asUintN(64, BigInt(half)).toString(16).padStart(16, '0')).join('')
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([from, to]) => hex.slice(from, to)).join('-')
}
const idOut = (id: string, structured: boolean): UUID => {
  if (!structured) return new UUID().setString(id)
  const hex = id.replaceAll('-', '')
  const half = (from: number): string => BigInt.asIntN(64, BigInt(`0x${hex.slice(from, from + 16)}`)).toString()
  return new UUID().setStructured(new UUID.Structured().setMostSignificantBits(half(0)).setLeastSignificantBits(half(16)))
}

export const proposed = (message: AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage): Proposed => ({
  id: idIn(message.getId()!), type: message.getMetadataMap().get('type') ?? '', contentType: message.getMetadataMap().get('content-type') ?? '',
  data: message.getData_asU8(), metadata: message.getCustomMetadata_asU8(),
})

export const expectedBy = (options: AppendReq.Options): Expected =>
  options.hasNoStream() ? 'none' : options.hasAny() ? 'any' : options.hasStreamExists() ? 'exists' : Number(options.getRevision())
export const expectedByBatch = (options: BatchAppendReq.Options): Expected =>
  options.hasNoStream() ? 'none' : options.hasAny() ? 'any' : options.hasStreamExists() ? 'exists' : Number(options.getStreamPosition())

export const selectionOf = (request: ReadReq): Selection => {
  const options = request.getOptions()!
  const backwards = options.getReadDirection() === ReadReq.Options.ReadDirection.BACKWARDS
  const of = options.getStream()
  const all = options.getAll()
  const revision = of?.hasRevision() ? Number(of.getRevision()) : undefined
  const position = all?.hasPosition() ? BigInt(all.getPosition()!.getCommitPosition()) : undefined
  const filter = options.getFilter()
  const expression = filter?.getStreamIdentifier() ?? filter?.getEventType()
  const regex = expression?.getRegex() ? new RegExp(expression.getRegex()) : undefined
  const prefixes = expression?.getPrefixList() ?? []
  const matches = (event: Kept): boolean => {
    if (!expression) return true
    const name = filter!.hasStreamIdentifier() ? event.stream : event.type
    return regex ? regex.test(name) : prefixes.some((prefix) => name.startsWith(prefix))
  }
  const within = (event: Kept): boolean => {
    if (options.hasSubscription()) return true
    if (revision !== undefined) return backwards ? event.revision <= revision : event.revision >= revision
    if (position !== undefined) return backwards ? event.position < position : event.position >= position
    return true
  }
  return {
    ...of && { stream: streamOf(of.getStreamIdentifier()) }, backwards, count: options.hasCount() ? Number(options.getCount()) : Infinity,
    subscription: options.hasSubscription(), interval: filter ? Math.max(1, filter.getCheckpointintervalmultiplier()) * WINDOW : 0,
    structuredIds: options.getUuidOption()?.hasStructured() ?? false,
    holds: (event) => within(event) && matches(event),
    after: (event) => position === undefined || event.position > position,
  }
}

export const eventAnswer = (event: Kept, { structuredIds }: Selection): ReadResp => {
  const recorded = new ReadResp.ReadEvent.RecordedEvent().setId(idOut(event.id, structuredIds)).setStreamIdentifier(identifier(event.stream))
    .setStreamRevision(String(event.revision)).setCommitPosition(String(event.position)).setPreparePosition(String(event.position))
    .setData(event.data).setCustomMetadata(event.metadata)
  recorded.getMetadataMap().set('type', event.type).set('content-type', event.contentType)
    // in ticks of 100 ns since 1970, as the server says it
    .set('created', String(BigInt(Math.floor(event.created)) * 10_000n))
  return new ReadResp().setEvent(new ReadResp.ReadEvent().setEvent(recorded).setCommitPosition(String(event.position)))
}
export const notFound = (stream: string): ReadResp => new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(identifier(stream)))
export const confirmation = (): ReadResp => new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID()))
export const caughtUp = (): ReadResp => new ReadResp().setCaughtUp(new ReadResp.CaughtUp())
export const checkpoint = (position: bigint): ReadResp =>
  new ReadResp().setCheckpoint(new ReadResp.Checkpoint().setCommitPosition(String(position)).setPreparePosition(String(position)))

export const appendAnswer = (decided: Decided): AppendResp => {
  if (decided.ok) {
    const position = new AppendResp.Position().setCommitPosition(String(decided.position)).setPreparePosition(String(decided.position))
    return new AppendResp().setSuccess(new AppendResp.Success().setCurrentRevision(String(decided.revision)).setPosition(position))
  }
  const wrong = new AppendResp.WrongExpectedVersion()
  if (decided.why === 'wrong-version' && decided.current >= 0) wrong.setCurrentRevision(String(decided.current))
  else wrong.setCurrentNoStream(new Empty())
  return new AppendResp().setWrongExpectedVersion(wrong)
}

const tooLarge = new Metadata()
tooLarge.set('exception', 'maximum-append-size-exceeded')
tooLarge.set('maximum-append-size', String(SERVER_APPEND_LIMIT))
export const TOO_LARGE = { code: status.INVALID_ARGUMENT, details: `Maximum Append Size of ${SERVER_APPEND_LIMIT} Exceeded.`, metadata: tooLarge }

export const batchAnswer = (request: BatchAppendReq, options: BatchAppendReq.Options, decided: Decided | 'timed-out'): BatchAppendResp => {
  const answer = new BatchAppendResp().setCorrelationId(request.getCorrelationId()).setStreamIdentifier(options.getStreamIdentifier())
  if (decided !== 'timed-out' && decided.ok) {
    const position = new AllStreamPosition().setCommitPosition(String(decided.position)).setPreparePosition(String(decided.position))
    return answer.setSuccess(new BatchAppendResp.Success().setCurrentRevision(String(decided.revision)).setPosition(position))
  }
  const details = new Any()
  const pack = (message: { serializeBinary(): Uint8Array }, name: string): void => details.pack(message.serializeBinary(), `event_store.client.${name}`)
  if (decided === 'timed-out') pack(new Timeout(), 'Timeout')
  else if (decided.why === 'too-large') pack(new MaximumAppendSizeExceeded().setMaxappendsize(SERVER_APPEND_LIMIT), 'MaximumAppendSizeExceeded')
  else if (decided.why === 'malformed') pack(new Unknown(), 'Unknown')
  else {
    const wrong = new WrongExpectedVersion()
    if (decided.current >= 0) wrong.setCurrentStreamRevision(String(decided.current))
    else wrong.setCurrentNoStream(new GoogleEmpty())
    pack(wrong, 'WrongExpectedVersion')
  }
  return answer.setError(new Status().setCode(Code.INVALID_ARGUMENT).setMessage('refused').setDetails(details))
}
