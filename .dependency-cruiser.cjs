// Who may import whom. Every rule is an error, and says why and what to do instead; test/architecture/imports.spec.ts
// plants a violation of each and sees that it is found.
const TESTS = '\\.(spec|contract|bench)\\.ts$|/testing/|^test/'
const EDGES = '\\.(module|controller|commands|query|guard|decorator|consumer)\\.ts$|[.-]pipe\\.ts$'
// Deciding and folding: a file named as its folder, reactions (on-…/), and the readers of agency formats.
const PURE = [
  '^apps/.+/([a-z0-9-]+)/\\1\\.ts$',
  '^apps/[^/]+/src/feeds/.+/[a-z0-9-]+\\.ts$',
  '^apps/.+/on-[a-z0-9-]+/[a-z0-9-]+\\.ts$',
]

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'A cycle means that two files are one, or that an event is missing between them. Move what both need into a third file.',
      severity: 'error',
      from: { pathNot: TESTS },
      to: { circular: true },
    },
    {
      name: 'no-app-imports-app',
      comment: 'Apps are processes: they speak through contracts, the log and the bus. Put the event or command into libs/contracts; only apps/standalone composes apps.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: `^apps/standalone/|${TESTS}` },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'no-lib-imports-app',
      comment: 'A library serves every app. Hand in what it needs as an argument.',
      severity: 'error',
      from: { path: '^libs/', pathNot: TESTS },
      to: { path: '^apps/' },
    },
    {
      name: 'pure-stays-pure',
      comment: 'Deciding, folding and parsing must be repeatable: contracts, the decider, the reading of policies and other pure files of the same app only; no Nest, no I/O, no database. Hand in time, ids and lookups as data.',
      severity: 'error',
      from: { path: PURE, pathNot: `${TESTS}|${EDGES}` },
      to: { pathNot: ['^libs/(contracts|decider|policy)/', '^apps/[^/]+/(src|policies)/', '^node_modules/(yaml|ajv|canonicalize|csv-parse|luxon|saxes)/', '^crypto$'] }, // crypto: hashes; the linter forbids its random half here
    },
    {
      name: 'pure-imports-no-edge',
      comment: 'A pure file must not reach its own edge. Turn the import around: controllers and commands import the decision.',
      severity: 'error',
      from: { path: PURE, pathNot: `${TESTS}|${EDGES}` },
      to: { path: EDGES },
    },
    {
      name: 'nest-at-the-edges',
      comment: 'Nest is how requests come in, not where decisions are made. Only libs/platform, libs/composition and *.module.ts, *.controller.ts, *.commands.ts (and a test) import it; make a plain class and wire it in the module.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: `^libs/(platform|composition)/|^apps/(standalone|cli)/|${TESTS}|${EDGES}` },
      to: { path: 'node_modules/@nestjs/' },
    },
    {
      name: 'libs-through-their-index',
      comment: 'Import a library by its name (@chorus/…): its index.ts says what it promises. If something is missing there, export it by name.',
      severity: 'error',
      from: { path: '^apps/', pathNot: TESTS },
      to: { path: '^libs/', pathNot: '^libs/[^/]+/src/index\\.ts$|^libs/platform/src/without-nest/' },
    },
    {
      name: 'lib-through-index-from-libs',
      comment: 'One library imports another by its name, never a file inside it.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/', pathNot: TESTS },
      to: { path: '^libs/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index\\.ts$'] },
    },
    {
      name: 'contracts-stand-alone',
      comment: 'Contracts are what both sides share; they may know nothing of either. Move the code to the side that needs it.',
      severity: 'error',
      from: { path: '^libs/contracts/', pathNot: TESTS },
      to: { path: '^libs/', pathNot: '^libs/contracts/' },
    },
    {
      name: 'decider-knows-contracts-only',
      comment: 'The deciding core has no log, no keys and no Nest. Describe what it needs as an interface in libs/decider.',
      severity: 'error',
      from: { path: '^libs/decider/', pathNot: TESTS },
      to: { path: ['^libs/', 'node_modules/'], pathNot: '^libs/(contracts|decider)/' },
    },
    {
      name: 'platform-is-on-top',
      comment: 'The other libraries work without Nest and HTTP. Hand in what they need from the module. Only libs/composition, which joins adapters and platform into a process, stands above it.',
      severity: 'error',
      from: { path: '^libs/(?!platform/|composition/)', pathNot: TESTS },
      to: { path: '^libs/platform/' },
    },
    {
      name: 'command-line-without-nest',
      comment: 'Nest takes half a second to load, and most commands end in less. Import @chorus/platform/settings, /database or /process; take a file of the platform apart, as demonstration-issuer.ts and tokens.ts are.',
      severity: 'error',
      from: { path: '^libs/platform/src/without-nest/|^apps/cli/src/', pathNot: TESTS },
      to: { path: 'node_modules/(@nestjs|rxjs)/', reachable: true },
    },
    {
      name: 'composition-is-for-mains',
      comment: 'libs/composition knows every adapter. Only the main file of an app and apps/standalone start a process with it; everything else takes the ports that it provides.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: `^libs/composition/|^apps/standalone/|^apps/[^/]+/src/main\\.ts$|${TESTS}` },
      to: { path: '^libs/composition/' },
    },
    {
      name: 'one-door-to-kafka',
      comment: 'Only libs/event-bus/src/kafka speaks to a broker, so that its client can be replaced, and tamed, in one place. Take the EventBus or the BusPublisher.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: `^libs/event-bus/src/kafka/|${TESTS}` },
      to: { path: 'node_modules/kafkajs/' },
    },
    {
      name: 'one-door-to-postgres',
      comment: 'Only libs/postgres loads the driver, since it mends it first: a connection that was lost under load would end the process or never answer. Take { postgres } from @chorus/postgres; types may come from the driver.',
      severity: 'error',
      from: { path: '^(apps|libs|test|infra)/', pathNot: '^libs/postgres/' },
      to: { path: 'node_modules/postgres/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'bus-knows-no-adapter',
      comment: 'Consumers, messages and positions work over every bus. Take the port (port.ts); only index.ts names the adapters, and modules choose one.',
      severity: 'error',
      from: { path: '^libs/event-bus/src/', pathNot: `^libs/event-bus/src/(index|log-bus)\\.ts$|^libs/event-bus/src/kafka/|${TESTS}` },
      to: { path: '^libs/event-bus/src/(log-bus\\.ts$|kafka/)' },
    },
    {
      name: 'no-tests-in-production',
      comment: 'What runs for the City must not depend on test code. Move what both need into a library.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: TESTS },
      to: { path: TESTS },
    },
    {
      name: 'no-dev-package-in-production',
      comment: 'A development package is not there in production. Move it to "dependencies", or the code into a test.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-unlisted-package',
      comment: 'A package that package.json does not name is there by accident. Add it, with its exact version, or do without.',
      severity: 'error',
      from: { path: '^(apps|libs|test|infra)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'resolvable',
      comment: 'The import leads nowhere. Correct the path or install the package.',
      severity: 'error',
      from: { path: '^(apps|libs|test)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.chorus|\\.cache)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: false,
    combinedDependencies: false,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
}
