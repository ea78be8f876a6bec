/** Who is who on two sets whose truth is known. The thresholds are the policy's: nothing here was used to choose them. */
import { shippedIdentityPolicy } from '../../apps/intake/src/policy/policy-in-force'
import { matchPersons } from '../../apps/intake/src/person-match/person-match'
import { febrl1, judgedBy, rlData500 } from '../support/linkage-data'

it.each([['RLdata500', rlData500, 50], ['FEBRL 1', febrl1, 500]] as const)('%s: no false link, and few pairs missed altogether', (name, read, pairs) => {
  const set = read()
  const judged = judgedBy(set, matchPersons([], set.persons, shippedIdentityPolicy().policy).matches)
  process.stderr.write(`${name}: of ${judged.pairs} pairs ${judged.linked} linked (recall ${judged.recallLink.toFixed(3)}), with those asked ${judged.linked + judged.asked} (recall ${judged.recallLinkOrAsk.toFixed(3)}); false links ${judged.falseLinks}, asked in vain ${judged.askedInVain}\n`)
  expect(judged.pairs).toBe(pairs)
  expect(judged.falseLinks).toBe(0)
  expect(judged.linked).toBeGreaterThan(0)
  expect(judged.recallLinkOrAsk).toBeGreaterThan(0.95)
})
