const { availableParallelism } = require('node:os')
// One project per test level; the level is in the file's suffix, the runner only filters.
const base = {
  rootDir: __dirname,
  testEnvironment: 'node',
  // what was translated is kept from one run to the next, each of which has a temporary folder of its own (infra/setup/own-temp.mjs)
  cacheDirectory: '<rootDir>/.cache/jest',
  runtime: '<rootDir>/test/support/runtime.js',
  transform: {
    '^.+\\.ts$': ['@swc/jest', {
      swcrc: false,
      jsc: {
        target: 'es2022',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        keepClassNames: true,
      },
      module: { type: 'commonjs' },
      sourceMaps: 'inline',
    }],
    'node_modules/postgres/cjs/src/connection\\.js$': '<rootDir>/test/support/mended-driver-transform.js',
  },
  transformIgnorePatterns: ['/node_modules/(?!postgres/cjs/src/connection\\.js$)'],
  moduleNameMapper: { '^@chorus/([a-z-]+)$': '<rootDir>/libs/$1/src', '^@chorus/platform/([a-z]+)$': '<rootDir>/libs/platform/src/without-nest/$1' },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.chorus', '<rootDir>/.cache'],
  setupFiles: ['reflect-metadata'],
}
const patient = { globalSetup: '<rootDir>/test/support/global-postgres.js', globalTeardown: '<rootDir>/test/support/global-postgres-stop.js' }
// the Kafka suites: the PostgreSQL and one real broker for the whole run
const broker = { globalSetup: '<rootDir>/test/support/global-kafka.js', globalTeardown: '<rootDir>/test/support/global-kafka-stop.js' }
const unit = ['<rootDir>/{apps,libs,infra}/**/*.spec.ts', '<rootDir>/test/support/**/*.spec.ts']
module.exports = {
  // two at least: many specs wait for processes, brokers and time-outs more than they work
  maxWorkers: Math.max(2, availableParallelism() - 1),
  // generous: a test says what must hold, not how fast, and the machine may be busy with other things
  testTimeout: 60_000,
  testSequencer: '<rootDir>/test/support/longest-first.js',
  projects: [
    { ...base, displayName: 'unit', testMatch: unit, testPathIgnorePatterns: ['\\.int\\.spec\\.ts$', '\\.contract\\.spec\\.ts$', '\\.kafka\\.spec\\.ts$'] },
    { ...base, displayName: 'architecture', testMatch: ['<rootDir>/test/architecture/**/*.spec.ts'] },
    { ...base, displayName: 'contract', testMatch: ['<rootDir>/libs/**/*.contract.spec.ts', '<rootDir>/test/replay/**/*.spec.ts'], ...patient },
    { ...base, displayName: 'integration', testMatch: ['<rootDir>/{apps,libs,infra,test}/**/*.int.spec.ts'], ...patient },
    { ...base, displayName: 'kafka', testMatch: ['<rootDir>/{apps,libs,infra,test}/**/*.kafka.spec.ts'], ...broker },
    { ...base, displayName: 'journeys', testMatch: ['<rootDir>/test/journeys/**/*.journey.spec.ts'], ...patient },
    { ...base, displayName: 'real', testMatch: ['<rootDir>/test/real/**/*.real.spec.ts'], ...patient },
  ],
}
