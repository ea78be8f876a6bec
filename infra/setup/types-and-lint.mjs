// Types and lint of everything by one reading of it: the rules that ask the compiler (eslint.config.mjs) ask the program whose types were
// checked just before. Each alone: npm run typecheck, npm run lint.
import { ESLint } from 'eslint'
import ts from 'typescript'
import { root } from './steps.mjs'

const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (diagnostic) => { throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')) } }
const { fileNames, options, errors } = ts.getParsedCommandLineOfConfigFile(`${root}/tsconfig.json`, { noEmit: true }, host)
const program = ts.createProgram({ rootNames: fileNames, options, configFileParsingDiagnostics: errors })
const wrong = ts.getPreEmitDiagnostics(program)
process.stdout.write(ts.formatDiagnostics(wrong, { getCanonicalFileName: (name) => name, getCurrentDirectory: () => root, getNewLine: () => '\n' }))

const eslint = new ESLint({ cwd: root, overrideConfig: { files: ['**/*.ts'], languageOptions: { parserOptions: { projectService: false, programs: [program] } } } })
const results = await eslint.lintFiles('.')
const formatter = await eslint.loadFormatter('stylish')
process.stdout.write(await formatter.format(results))

const said = results.reduce((sum, { errorCount, warningCount }) => sum + errorCount + warningCount, 0)
process.stdout.write(`types: ${wrong.length} wrong; lint: ${said} in ${results.length} files\n`)
process.exit(wrong.length + said === 0 ? 0 : 1)
