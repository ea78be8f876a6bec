/** What routes answer is described from the types that their handlers return: as they are now. */
import { readFileSync } from 'node:fs'
import { answersFile, answersText } from '../../infra/answers'

it('the schemas at /docs are what the handlers return now: run "npm run answers" and commit libs/platform/src/answer-schemas.json', () => {
  expect(readFileSync(answersFile, 'utf8')).toBe(answersText())
})
