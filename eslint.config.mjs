// Few rules, each for a mistake that the compiler does not see.
import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', '.chorus/**', '.cache/**', 'coverage/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // a promise that nobody waits for loses its error, and its order
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      // a new kind of state or event must be answered everywhere it is asked for
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'no-restricted-syntax': ['error',
        { selector: 'ExportAllDeclaration[exported=null]', message: 'Name what you export: `export *` makes cycles and hides where a thing lives.' },
        { selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']", message: 'Use node:crypto for ids, and a printed seed in tests: Math.random cannot be repeated.' },
      ],
    },
  },
  {
    // adapters are chosen in one place, so that the next store or vault is a change of one line
    files: ['apps/**/*.ts', 'libs/platform/**/*.ts', 'libs/composition/**/*.ts', 'libs/read-models/**/*.ts'],
    ignores: ['**/*.module.ts', '**/*.spec.ts', '**/testing/**'],
    rules: {
      'no-restricted-imports': ['error', {
        paths: [
          { name: '@chorus/event-store', importNames: ['MemoryStore', 'PostgresStore'], message: 'Adapters are named only in *.module.ts: take the EventStore port.' },
          { name: '@chorus/event-bus', importNames: ['LogBus', 'KafkaBus', 'KafkaPublisher'], message: 'Adapters are named only in *.module.ts: take the EventBus or BusPublisher port.' },
          { name: '@chorus/privacy', importNames: ['FileVault', 'PostgresVault', 'MemoryVault'], message: 'Adapters are named only in *.module.ts: take the Vault port.' },
          { name: 'node:crypto', importNames: ['randomUUID'], message: 'Ids are data: take newId of the platform at the edge, or derive the id.' },
        ],
      }],
    },
  },
  {
    // what happened must depend on data alone: the time is handed in
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    // the store stamps the recorded time: its clock is the one exception
    ignores: ['libs/platform/src/clock.ts', 'libs/event-store/src/memory.ts', '**/*.spec.ts', '**/*.bench.ts'],
    rules: {
      'no-restricted-properties': ['error', { object: 'Date', property: 'now', message: 'Take a Clock (libs/platform/src/clock.ts), or performance.now() for a duration.' }],
      'no-restricted-syntax': ['error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Take a Clock (libs/platform/src/clock.ts): whoever reads the wall clock cannot be replayed.' },
        { selector: 'ExportAllDeclaration[exported=null]', message: 'Name what you export: `export *` makes cycles and hides where a thing lives.' },
        { selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']", message: 'Use node:crypto for ids: Math.random cannot be repeated.' },
      ],
    },
  },
)
