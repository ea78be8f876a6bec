// Runs TypeScript without a build, for benches, faults and their worker processes: node -r ./test/support/register.js FILE.ts
// Types are not checked here (npm run typecheck does). What was translated once is kept, and what a program loads is kept packed
// (pack.js), since the fault suites start many processes.
const { createHash } = require('node:crypto')
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs')
const Module = require('node:module')
const { join, resolve } = require('node:path')
const { packed } = require('./pack.js')

const root = resolve(__dirname, '../..')
const options = {
  swcrc: false,
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
}
const kept = join(root, '.cache', 'translated')
mkdirSync(kept, { recursive: true })
const translator = `${require('@swc/core/package.json').version} ${JSON.stringify(options)}`

const translated = (filename) => {
  const source = readFileSync(filename, 'utf8')
  const file = join(kept, `${createHash('sha256').update(`${translator}\0${filename}\0${source}`).digest('hex')}.js`)
  try {
    return readFileSync(file, 'utf8')
  } catch {
    const { code } = require('@swc/core').transformSync(source, { ...options, filename })
    // whole or not at all: others may be reading
    writeFileSync(`${file}.${process.pid}`, code)
    renameSync(`${file}.${process.pid}`, file)
    return code
  }
}

Module._extensions['.ts'] = (module, filename) => { module._compile(translated(filename), filename) }

const resolveFilename = Module._resolveFilename
Module._resolveFilename = function (request, ...rest) {
  const alias = /^@chorus\/([a-z-]+)(?:\/([a-z]+))?$/.exec(request)
  return resolveFilename.call(this, alias ? join(root, 'libs', alias[1], 'src', ...alias[2] ? ['without-nest', alias[2]] : []) : request, ...rest)
}

// in a program of its own: jest, which loads this file for its set-up, has a way of its own
if (module.parent?.id === 'internal/preload' && process.argv[1]) packed({ root, kept, translated, version: translator })
require('reflect-metadata')
