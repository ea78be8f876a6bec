import { passes } from './kurrentdb-connection'

const failure = (more: object, message = 'failed'): Error => Object.assign(new Error(message), more)

it.each([
  ['gRPC says that no connection could be made', failure({ code: 14 }, '14 UNAVAILABLE: No connection established'), true],
  ['gRPC says that the time is over', failure({ code: 4 }), true],
  ['the client says so', failure({ type: 'unavailable' }), true],
  ['the client does not know, and the words say that the connection is gone', failure({ type: 'unknown' }, 'stream closed'), true],
  ['it may not', failure({ code: 7 }, '7 PERMISSION_DENIED'), false],
  ['the revision is another', failure({ type: 'wrong-expected-version', code: 14 }), false],
  ['the database, whose codes are words, refuses', failure({ code: '42501' }), false],
])('asking again may help where %s: that is so or not', (_, error, may) => { expect(passes(error)).toBe(may) })
