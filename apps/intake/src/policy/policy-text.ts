/** A policy file that came in a request. */
import { Problem } from '@chorus/platform'
import { PolicyUnreadable, readNewPolicy, type PolicyFile } from '@chorus/policy'

/** What cannot be read never holds: the decisions that rest on it could not be made. @throws Problem with every place */
export const policyTextOf = (text: string): PolicyFile => {
  try { return readNewPolicy(text, 'The text') } catch (error) {
    if (!(error instanceof PolicyUnreadable)) throw error
    throw new Problem('schema-violation', `${error.message} Nothing was recorded.`, { errors: error.problems.map(({ line, column, key, text: said }) => ({ pointer: `/text/${key}`, rule: 'policy', detail: `line ${line}, column ${column}: ${said}` })) })
  }
}
