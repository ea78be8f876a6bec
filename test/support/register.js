// Runs TypeScript without a build, for benches, faults and their worker processes: node -r ./test/support/register.js FILE.ts
// Types are not checked here (npm run typecheck does).
const { readFileSync } = require('node:fs')
const Module = require('node:module')
const { join, resolve } = require('node:path')
const { transformSync } = require('@swc/core')

require('reflect-metadata')

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
  sourceMaps: 'inline',
}

Module._extensions['.ts'] = (module, filename) => {
  module._compile(transformSync(readFileSync(filename, 'utf8'), { ...options, filename }).code, filename)
}

const resolveFilename = Module._resolveFilename
Module._resolveFilename = function (request, ...rest) {
  const alias = /^@chorus\/([a-z-]+)$/.exec(request)
  return resolveFilename.call(this, alias ? join(root, 'libs', alias[1], 'src') : request, ...rest)
}
