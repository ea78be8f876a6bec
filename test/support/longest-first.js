// Which spec files jest begins with. By itself it takes the largest files first until it has seen them run, and a fresh clone
// has seen none: the one that takes longest would come last, with the other cores idle. A wrong list costs time, nothing else.
const Sequencer = require('@jest/test-sequencer').default

/** The longest of each suite, longest first. */
const LONGEST = [
  'test/faults/bus.kafka', 'libs/event-bus/src/kafka/kafka-bus.kafka', 'test/journeys/one-case.kafka', 'test/distributed/start-distributed.kafka',
  'test/faults/log.int', 'libs/platform/src/running.int', 'libs/event-store/src/kurrentdb.int', 'libs/composition/src/run-service.int',
  'test/journeys/start.journey', 'test/journeys/drop-folder.journey', 'test/journeys/import-killed.journey', 'test/journeys/mutants.journey', 'test/journeys/rights.journey', 'test/journeys/backup.journey',
  'libs/event-bus/src/log-bus.contract', 'libs/event-store/src/kurrentdb.contract',
  'libs/contracts/src/contracts', 'apps/intake/src/person-match/person-match', 'apps/intake/src/feeds/nibrs/xml/mutants', 'apps/intake/src/feeds/nibrs/mutants', 'apps/intake/src/feeds/kcpd/mutants', 'apps/intake/src/feeds/mapped/mutants',
]

const rank = ({ path }) => {
  const at = LONGEST.findIndex((name) => path.endsWith(`/${name}.spec.ts`))
  return at < 0 ? LONGEST.length : at
}

module.exports = class extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => rank(a) - rank(b))
  }
}
