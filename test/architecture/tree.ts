import { readFileSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { repositoryRoot } from '../../libs/platform/src/repository-root'

export const root = repositoryRoot()
const LEFT_OUT = new Set(['node_modules', 'dist', '.git', '.chorus', '.cache', 'coverage'])

/** Paths (relative to the checkout, with '/') of all files below these folders; everything without them. */
export const filesBelow = (...folders: string[]): string[] => {
  const walk = (folder: string): string[] => readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (LEFT_OUT.has(entry.name)) return []
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return walk(path)
    return entry.isFile() ? [relative(root, path).replaceAll('\\', '/')] : []
  })
  return (folders.length === 0 ? [''] : folders).flatMap((folder) => walk(join(root, folder))).sort()
}

export const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

/** "path:line: what" of every line that matches; what a test shows when it should have been none. */
export const findings = (paths: readonly string[], pattern: RegExp, advice: string): string[] =>
  paths.flatMap((path) => textOf(path).split('\n').flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 100)} — ${advice}`] : [])))
