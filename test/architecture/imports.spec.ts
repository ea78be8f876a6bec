import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './tree'

interface Rule { readonly name: string; readonly comment: string; readonly severity: string }
interface Violation { readonly from: string; readonly rule: { readonly name: string } }

const { forbidden } = jest.requireActual<{ forbidden: Rule[] }>('../../.dependency-cruiser.cjs')

/** One violation of each rule: the file it stands in, and its text. */
const PLANTED: Readonly<Record<string, readonly [string, string]>> = {
  'no-cycle': ['apps/intake/src/knot.ts', "import { b } from './tie'\nexport const a = () => b()\n"],
  'no-app-imports-app': ['apps/intake/src/greedy.ts', "import { other } from '../../finance/src/other'\nexport const a = other\n"],
  'no-lib-imports-app': ['libs/platform/src/upside-down.ts', "import { other } from '../../../apps/finance/src/other'\nexport const a = other\n"],
  'pure-stays-pure': ['apps/intake/src/payment/payment.ts', "import { readFileSync } from 'node:fs'\nexport const a = readFileSync\n"],
  'pure-imports-no-edge': ['apps/intake/src/on-case-opened/tell.ts', "import { edge } from './tell.commands'\nexport const a = edge\n"],
  'nest-at-the-edges': ['apps/intake/src/service.ts', "import { Injectable } from '@nestjs/common'\nexport const a = Injectable\n"],
  'libs-through-their-index': ['apps/intake/src/deep.ts', "import { inside } from '../../../libs/privacy/src/inside'\nexport const a = inside\n"],
  'lib-through-index-from-libs': ['libs/event-store/src/deep.ts', "import { inside } from '../../privacy/src/inside'\nexport const a = inside\n"],
  'contracts-stand-alone': ['libs/contracts/src/curious.ts', "import { inside } from '@chorus/privacy'\nexport const a = inside\n"],
  'decider-knows-contracts-only': ['libs/decider/src/curious.ts', "import { inside } from '@chorus/privacy'\nexport const a = inside\n"],
  'platform-is-on-top': ['libs/privacy/src/climbing.ts', "import { top } from '@chorus/platform'\nexport const a = top\n"],
  'command-line-without-nest': ['apps/cli/src/slow.ts', "import { a } from './nest-behind'\nexport const b = a\n"],
  'composition-is-for-mains': ['apps/intake/src/everything.ts', "import { all } from '@chorus/composition'\nexport const a = all\n"],
  'one-door-to-kafka': ['apps/intake/src/loud.ts', "import { Kafka } from 'kafkajs'\nexport const a = Kafka\n"],
  'one-door-to-postgres': ['apps/intake/src/direct.ts', "import postgres from 'postgres'\nexport const a = postgres\n"],
  'bus-knows-no-adapter': ['libs/event-bus/src/consumer.ts', "import { LogBus } from './log-bus'\nexport const a = LogBus\n"],
  'no-tests-in-production': ['libs/privacy/src/cheating.ts', "import { help } from './testing/help'\nexport const a = help\n"],
  'no-dev-package-in-production': ['libs/privacy/src/toolish.ts', "import * as check from 'fast-check'\nexport const a = check\n"],
  'no-unlisted-package': ['libs/privacy/src/lucky.ts', "import { accepts } from 'accepts'\nexport const a = accepts\n"],
  resolvable: ['libs/privacy/src/lost.ts', "import { a } from './nowhere'\nexport const b = a\n"],
}
/** What the planted files import. */
const INNOCENT: Readonly<Record<string, string>> = {
  'apps/cli/src/nest-behind.ts': "import { Injectable } from '@nestjs/common'\nexport const a = Injectable\n",
  'apps/intake/src/tie.ts': "import { a } from './knot'\nexport const b = (): unknown => a\n",
  'apps/finance/src/other.ts': 'export const other = 1\n',
  'apps/intake/src/on-case-opened/tell.commands.ts': 'export const edge = 1\n',
  'libs/privacy/src/inside.ts': 'export const inside = 1\n',
  'libs/privacy/src/index.ts': "export { inside } from './inside'\n",
  'libs/privacy/src/testing/help.ts': 'export const help = 1\n',
  'libs/platform/src/index.ts': 'export const top = 1\n',
  'libs/composition/src/index.ts': 'export const all = 1\n',
  'libs/event-bus/src/log-bus.ts': 'export const LogBus = 1\n',
  'apps/intake/src/typed.ts': "import { Kafka, type Producer } from 'kafkajs'\nimport type { inside } from '../../../libs/privacy/src/inside'\nexport type A = Kafka | Producer | typeof inside\n",
  'apps/standalone/src/standalone.module.ts': "import { other } from '../../finance/src/other'\nexport const a = other\n",
}

const cruise = (folder: string): Violation[] => {
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', pathToFileURL(join(root, 'infra/setup/quick-transpile.mjs')).href, program, '--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'json', 'apps', 'libs'], { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  if (!stdout.startsWith('{')) throw new Error(stderr)
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations
}

describe('the import rules', () => {
  let violations: Violation[]
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'chorus-imports-'))
    for (const file of ['package.json', 'tsconfig.json']) cpSync(join(root, file), join(folder, file))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    for (const [path, text] of [...Object.entries(INNOCENT), ...Object.values(PLANTED)]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    violations = cruise(folder)
  }, 60_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it.each(forbidden.map((rule) => [rule.name, rule] as const))('%s finds its violation, is an error, and says what to do', (name, rule) => {
    const planted = PLANTED[name]
    expect(planted).toBeDefined()
    expect(violations.filter((violation) => violation.rule.name === name).map((violation) => violation.from)).toContain(planted?.[0])
    expect(rule.severity).toBe('error')
    expect(rule.comment.length).toBeGreaterThan(60)
  })

  it('leave alone what is imported as a type: nothing of it is left when it runs', () => {
    expect(violations.filter((violation) => violation.from === 'apps/intake/src/typed.ts')).toEqual([])
  })

  it('leave the composing app alone', () => {
    expect(violations.filter((violation) => violation.from.startsWith('apps/standalone/'))).toEqual([])
  })
})

it('the command of the README runs these rules', () => {
  const { scripts } = JSON.parse(execFileSync(process.execPath, ['-p', "JSON.stringify(require('./package.json'))"], { cwd: root, encoding: 'utf8' })) as { scripts: Record<string, string> }
  expect(scripts.imports).toContain('--config .dependency-cruiser.cjs')
  expect(scripts.imports).toContain('--import ./infra/setup/quick-transpile.mjs')
})
