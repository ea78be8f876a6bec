import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROBLEM_TYPES, problemsDocument, repositoryRoot } from '@chorus/platform'

describe('the closed list of problem types', () => {
  it('is what docs/problems.md says; if not, write problemsDocument() there', () => {
    expect(readFileSync(join(repositoryRoot(), 'docs', 'problems.md'), 'utf8')).toBe(problemsDocument())
  })

  it('says of each what it means and what to do, and which may be sent again', () => {
    for (const [name, { title, status, means, todo, retryable }] of Object.entries(PROBLEM_TYPES)) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
      expect([title, means, todo].every((text) => text.length > 5)).toBe(true)
      expect(retryable).toBe(status >= 500)
    }
  })
})
