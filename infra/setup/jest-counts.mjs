// What a run of jest came to, of which projects.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './steps.mjs'

/**
 * @param {string} file what jest wrote, given the words of jestWords(file)
 * @returns {{ passed: number, failed: number, skipped: number, projects: string[] } | undefined} projects: those that had a spec
 *   file; a spec file that could not be run counts as one failed test. undefined: jest wrote nothing
 */
export const countsIn = (file) => {
  if (!existsSync(file)) return undefined
  const result = JSON.parse(readFileSync(file, 'utf8'))
  const broken = result.testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.every((test) => test.status !== 'failed')).length
  return { passed: result.numPassedTests, failed: result.numFailedTests + broken, skipped: result.numPendingTests + result.numTodoTests, projects: result.projects }
}

/** The words of jest's command line with which it writes that file. */
export const jestWords = (file) => ['--json', `--outputFile=${file}`, `--testResultsProcessor=${join(root, 'infra', 'setup', 'name-projects.js')}`]
