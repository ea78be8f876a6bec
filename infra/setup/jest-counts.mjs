// What a run of jest came to, and whether every project had a part in it.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './steps.mjs'

/**
 * @param {string} file what jest wrote, given the words of jestWords(file)
 * @param {readonly string[]} projects that it was to run
 * @returns {{ passed: number, failed: number, skipped: number, silent: string[] } | undefined} silent: projects of which no spec file
 *   was run; one that could not be run counts as one failed test. undefined: jest wrote nothing
 */
export const countsIn = (file, projects) => {
  if (!existsSync(file)) return undefined
  const result = JSON.parse(readFileSync(file, 'utf8'))
  const broken = result.testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.every((test) => test.status !== 'failed')).length
  return { passed: result.numPassedTests, failed: result.numFailedTests + broken, skipped: result.numPendingTests + result.numTodoTests, silent: projects.filter((name) => !result.projects.includes(name)) }
}

/** The words of jest's command line with which it writes that file. */
export const jestWords = (file) => ['--json', `--outputFile=${file}`, `--testResultsProcessor=${join(root, 'infra', 'setup', 'name-projects.js')}`]
