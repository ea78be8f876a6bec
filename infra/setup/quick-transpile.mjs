// node --import this: dependency-cruiser has each file translated by typescript before it reads its imports, which takes three quarters
// of its time. swc, which translates for the tests anyway, leaves the same imports: those of types alone are gone.
import { createRequire, register } from 'node:module'

const require = createRequire(import.meta.url)
const INSTEAD = '?instead of typescript'
const instead = import.meta.url.endsWith(encodeURI(INSTEAD))

// what dependency-cruiser gets when it asks for typescript is this file once more
if (!instead) {
  const url = new URL(INSTEAD, import.meta.url).href
  const hook = `export const resolve = (name, context, next) => name === 'typescript' && context.parentURL?.endsWith('/dependency-cruiser/src/utl/try-import.mjs') ? { url: ${JSON.stringify(url)}, shortCircuit: true } : next(name, context)`
  register(`data:text/javascript,${encodeURIComponent(hook)}`)
}

const options = {
  swcrc: false,
  jsc: {
    // as far as dependency-cruiser's parser reads; beyond that it guesses, slowly
    target: 'es2020',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
  module: { type: 'es6' },
}
const transpileModule = (source) => ({ outputText: require('@swc/core').transformSync(source, options).code })

export default instead ? { ...require('typescript'), transpileModule } : undefined
