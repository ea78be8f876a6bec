/**
 * The closed list of problem types that Chorus answers with (RFC 9457). docs/problems.md and the pages under
 * /problems/<type> are made of it; an architecture test fails when the document is stale.
 */
export interface ProblemType {
  readonly title: string
  readonly status: number
  /** the same request, unchanged, may succeed later */
  readonly retryable: boolean
  readonly means: string
  readonly todo: string
}

export const PROBLEM_TYPES = {
  'not-parseable': {
    title: 'The request could not be read', status: 400, retryable: false,
    means: 'The body is not the format that the Content-Type header names (for JSON: it is cut short, or not JSON).',
    todo: 'Send the body again, complete and in that format. Nothing was recorded.',
  },
  'bad-parameter': {
    title: 'A parameter is missing or wrong', status: 400, retryable: false,
    means: 'A header, a part of the path or a query parameter is not what the route expects; `errors` names it and the rule.',
    todo: 'Correct the parameter named in `errors`. The routes and their parameters are described at /docs.',
  },
  'schema-violation': {
    title: 'The body does not fit its schema', status: 422, retryable: false,
    means: 'A field of the body is missing, unknown, or outside its rule; `errors` has one entry per field with a JSON pointer.',
    todo: 'Correct the fields named in `errors`; the values themselves are never repeated there. The schema is at /docs.',
  },
  'not-authenticated': {
    title: 'Who is asking is not known', status: 401, retryable: false,
    means: 'There is no bearer token, or it is expired, not yet valid, for another audience, signed by an unknown key, or not ES256.',
    todo: 'Get a new token (demonstration: `npx chorus token --role ROLE`) and send it as `Authorization: Bearer TOKEN`.',
  },
  'not-allowed': {
    title: 'Not allowed for this role or agency', status: 403, retryable: false,
    means: 'The token is valid, but its role or agency may not do this. What nobody was given a right to is allowed to nobody.',
    todo: 'Ask with the role that may, or ask your privacy officer whether yours should.',
  },
  'not-found': {
    title: 'There is nothing here', status: 404, retryable: false,
    means: 'The route or the thing it names does not exist, or is not for you: both look the same.',
    todo: 'Check the path and the id.',
  },
  'conflict': {
    title: 'It has changed, or exists already', status: 409, retryable: false,
    means: 'Somebody else was first: the thing moved on, or the same id was sent with other content.',
    todo: 'Read it again, then decide anew. Use a new Idempotency-Key for a new wish.',
  },
  'too-large': {
    title: 'Too large', status: 413, retryable: false,
    means: 'The body, one event or one append is over its limit. Nothing is cut or split.',
    todo: 'Send less at once; `detail` names the limit.',
  },
  'unsupported-media-type': {
    title: 'The format is not read here', status: 415, retryable: false,
    means: 'The Content-Type header is missing or names a format that this route does not read.',
    todo: 'Send the format that `detail` names.',
  },
  'refused-by-rule': {
    title: 'A rule of the program refuses this', status: 422, retryable: false,
    means: 'The request could be read and you may ask it, but a rule says no. `refused` is the rule\'s name, `rules` its ids.',
    todo: 'Do what `detail` says; then ask again.',
  },
  'retry-later': {
    title: 'Not now', status: 503, retryable: true,
    means: 'Chorus cannot decide at this moment: it is starting or stopping, the log has not reached the moment asked for, or an event is newer than this server.',
    todo: 'Send the same request with the same Idempotency-Key again in a few seconds.',
  },
  'database-unreachable': {
    title: 'The database does not answer', status: 503, retryable: true,
    means: 'PostgreSQL is stopped or cannot be reached. Nothing of this request was recorded, or it is recorded once.',
    todo: 'Send the same request with the same Idempotency-Key again; operators: `npx chorus doctor`.',
  },
  'audit-unavailable': {
    title: 'The reading could not be recorded', status: 503, retryable: true,
    means: 'Every reading of a person\'s record is entered in the audit log before it is shown. That entry could not be written, so nothing is shown.',
    todo: 'Ask again in a few seconds; operators: `npx chorus doctor`.',
  },
  'internal': {
    title: 'Chorus has a fault', status: 500, retryable: true,
    means: 'A fault of ours. It is in the log of the server under the id in `instance`.',
    todo: 'Send the same request with the same Idempotency-Key again once; if it fails again, report the id in `instance`.',
  },
} as const satisfies Record<string, ProblemType>

export type ProblemName = keyof typeof PROBLEM_TYPES

/** The text of docs/problems.md. */
export const problemsDocument = (): string => [
  '# Problems',
  '',
  'Every error of the HTTP interface is `application/problem+json` (RFC 9457) with `type`, `title`, `status`, `detail`, `instance`',
  '(the correlation id: it is on every log line of the request), `retryable`, and where fields are wrong `errors`, one entry',
  'per field with `pointer`, `rule` and `detail`. Values that were sent are never repeated. This list is closed; it is made',
  'from `libs/platform/src/problem-types.ts`, and each running Chorus serves it under `/problems/<type>`.',
  '',
  ...Object.entries(PROBLEM_TYPES).flatMap(([name, p]) => [
    `## ${name}`, '', `${p.status} · ${p.title} · ${p.retryable ? 'may be sent again' : 'the same request will fail again'}`, '',
    p.means, '', `What to do: ${p.todo}`, '',
  ]),
].join('\n')
