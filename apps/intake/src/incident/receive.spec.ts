import type { DraftEvent, RecordedEvent } from '@chorus/contracts'
import { receive, type Inbound, type Received } from './receive'

/** A record whose whole content is one letter; the fingerprint of a draft is its letter and version, as the recorder's includes the version. */
const contentOf = (draft: DraftEvent) => `${(draft.data as { letter: string }).letter}${draft.sourceRecord!.version}`
let messages = 0
const inbound = (kind: Inbound['kind'], letter: string, over: Partial<Inbound> = {}): Inbound => ({
  kind, message: `m${messages++}`, file: 'file-1', row: 1,
  compose(version) {
    return [{
      type: kind === 'delete' ? 'EventRetracted' : 'IncidentReported', schemaVersion: 1, data: { letter }, time: '2026-07-02', timePrecision: 'day', timeZone: 'UTC',
      sourceRecord: { system: 's', id: 'r', version, mapping: 'm@1', message: this.message, file: this.file, row: this.row },
    }]
  },
  ...over,
})
/** Receives in order, as the log would hold it; answers what became of each. */
const play = (...reports: Inbound[]) => {
  const history: RecordedEvent[] = []
  const outcomes = reports.map(report => {
    const received = receive(history, report, contentOf)
    if (received.outcome === 'accepted') {
      for (const draft of received.drafts) history.push({ ...draft, id: `e${history.length}`, content: contentOf(draft), ordinal: history.length + 1, revision: history.length } as unknown as RecordedEvent)
      return received.change === 'none' ? 'accepted' : received.change
    }
    return received.outcome
  })
  return { history, outcomes }
}

describe('a record without versions', () => {
  it('is accepted once; the same message again adds nothing', () => {
    const a = inbound('report', 'a')
    expect(play(a, a).outcomes).toEqual(['accepted', 'duplicate'])
  })
  it('the same content in another message (another month, other spacing) is a duplicate of the current version', () => {
    expect(play(inbound('report', 'a'), inbound('report', 'a', { file: 'file-2' })).outcomes).toEqual(['accepted', 'duplicate'])
  })
  it('changed content is the next version and corrects the one before', () => {
    const { outcomes, history } = play(inbound('report', 'a'), inbound('replace', 'b', { file: 'file-2' }))
    expect(outcomes).toEqual(['accepted', 'correction'])
    expect(history[1]).toMatchObject({ corrects: 'e0', sourceRecord: { version: 2 } })
  })
  it('a deletion retracts once; a report after it is the next version', () => {
    const { outcomes, history } = play(inbound('report', 'a'), inbound('delete', ''), inbound('delete', ''), inbound('report', 'a', { file: 'file-2' }))
    expect(outcomes).toEqual(['accepted', 'retraction', 'duplicate', 'correction'])
    expect(history.map(e => e.corrects)).toEqual([undefined, 'e0', 'e1'])
  })
  it('an old file sent again undoes no correction', () => {
    const first = inbound('report', 'a')
    expect(play(first, inbound('replace', 'b', { file: 'file-2' }), first).outcomes).toEqual(['accepted', 'correction', 'duplicate'])
  })
  it('that says in another file what it said before a correction is no duplicate and no correction: a person says whether it holds again', () => {
    const [a, b] = [inbound('report', 'a'), inbound('replace', 'b', { file: 'file-2' })]
    const again = { ...a, file: 'file-3', row: 7 }
    const { history, outcomes } = play(a, b, again, { ...again, holdsAgain: true }, again, { ...b, file: 'file-4' }, b)
    expect(outcomes).toEqual(['accepted', 'correction', 'said-before', 'correction', 'duplicate', 'said-before', 'duplicate'])
    expect(history[2]).toMatchObject({ corrects: 'e1', sourceRecord: { version: 3, file: 'file-3', row: 7 } })
    expect(receive(history, { ...b, file: 'file-4' }, contentOf)).toEqual({ outcome: 'said-before', version: 3 })
  })
  it('of a standard that sends changes as changes: a first report that comes again says nothing new, unless the record was taken back', () => {
    const a = inbound('report', 'a', { first: true })
    const elsewhere = { ...a, file: 'file-3' }
    expect(play(a, inbound('replace', 'b', { file: 'file-2' }), elsewhere).outcomes).toEqual(['accepted', 'correction', 'duplicate'])
    expect(play(a, inbound('delete', '', { file: 'file-2' }), elsewhere, { ...elsewhere, holdsAgain: true }).outcomes).toEqual(['accepted', 'retraction', 'said-before', 'correction'])
  })
  it('a change back within one file is a change', () => {
    const b1 = inbound('replace', 'b', { file: 'file-2', row: 10 })
    const back = { ...b1, row: 30 }
    expect(play(inbound('report', 'a'), b1, inbound('replace', 'c', { file: 'file-2', row: 20 }), back).outcomes).toEqual(['accepted', 'correction', 'correction', 'correction'])
  })
  it('a file cut short anywhere and sent again ends as if it had run once', () => {
    const file = [inbound('report', 'a', { row: 1 }), inbound('replace', 'b', { row: 2 }), inbound('replace', 'a', { row: 3 })]
    const last = { ...file[1]!, row: 4 }
    const whole = play(...file, last).history.map(e => (e.data as { letter: string }).letter)
    expect(whole).toEqual(['a', 'b', 'a', 'b'])
    for (let cut = 0; cut <= 4; cut++) expect(play(...[...file, last].slice(0, cut), ...file, last).history.map(e => (e.data as { letter: string }).letter)).toEqual(whole)
  })
  it.each(['replace', 'amend', 'delete'] as const)('%s of a record that is not known waits', kind => expect(play(inbound(kind, 'a')).outcomes).toEqual(['waits']))
  it('an amendment of a record that was taken back waits', () => expect(play(inbound('report', 'a'), inbound('delete', ''), inbound('amend', 'b')).outcomes).toEqual(['accepted', 'retraction', 'waits']))
})

describe('a record of several events (arrests of one number)', () => {
  /** Each letter is one arrest. */
  const arrests = (kind: Inbound['kind'], letters: string, row: number): Inbound => inbound(kind, '', { row, compose(version) {
    return [...letters].map((letter, index) => ({ ...inbound('report', letter).compose(version, [])[0]!, type: 'ArrestRecorded', index, sourceRecord: { system: 's', id: 'r', version, mapping: 'm@1', message: this.message, file: this.file, row } }))
  } })
  const standing = (history: readonly RecordedEvent[]) => {
    const gone = new Set(history.map(event => event.corrects))
    return history.filter(event => event.type !== 'EventRetracted' && !gone.has(event.id)).map(event => (event.data as { letter: string }).letter).join('')
  }
  it('what joins corrects nothing that stays, and what is replaced by fewer is taken back', () => {
    const { history, outcomes } = play(arrests('report', 'ab', 1), arrests('report', 'abc', 2), arrests('replace', 'd', 3))
    expect(outcomes).toEqual(['accepted', 'accepted', 'correction'])
    expect(history.map(event => [event.type, event.corrects])).toEqual([
      ['ArrestRecorded', undefined], ['ArrestRecorded', undefined],
      ['ArrestRecorded', 'e0'], ['ArrestRecorded', 'e1'], ['ArrestRecorded', undefined],
      ['ArrestRecorded', 'e2'], ['EventRetracted', 'e3'], ['EventRetracted', 'e4'],
    ])
    expect(standing(history)).toBe('d')
  })
  it('the same content again, after parts were taken back, is a duplicate', () => {
    const { outcomes } = play(arrests('report', 'ab', 1), arrests('replace', 'c', 2), { ...arrests('report', 'c', 1), file: 'file-2' })
    expect(outcomes).toEqual(['accepted', 'correction', 'duplicate'])
  })
  it('names the events of one version by distinct indexes: their ids must differ', () => {
    const received = receive(play(arrests('report', 'abc', 1)).history, arrests('replace', 'd', 2), contentOf) as Received & { outcome: 'accepted' }
    expect(new Set(received.drafts.map((draft, at) => draft.index ?? at)).size).toBe(received.drafts.length)
  })
})
