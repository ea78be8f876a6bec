// Jest gives each spec file its modules anew, and by itself also reads, looks up and compiles each of them anew: half of what most
// spec files cost. Here a worker keeps each module's text and compiled code from one spec file to the next; the modules themselves,
// and what they hold, are every spec file's own as ever.
const { statSync } = require('node:fs')
const { sep } = require('node:path')
const { Script } = require('node:vm')
const Runtime = require('jest-runtime').default

const PACKAGES = `${sep}node_modules${sep}`
/** what a file of ours was when it was read: jest that watches runs again in the same process */
const stampOf = (filename) => {
  if (filename.includes(PACKAGES)) return ''
  const { mtimeMs, size } = statSync(filename)
  return `${mtimeMs} ${size}`
}
/** filename: what jest makes of it, by project */
const translated = new Map()
/** filename: { source, script } */
const compiled = new Map()

/** @param id of the project: another translates otherwise */
const keepTranslated = (transformCache, id) => {
  const { transform } = transformCache
  transformCache.transform = function (filename, options) {
    if (options?.isInternalModule) return transform.call(this, filename, options)
    const key = `${id}\0${filename}`
    const stamp = stampOf(filename)
    const known = translated.get(key)
    if (known?.stamp !== stamp) {
      const code = transform.call(this, filename, options)
      translated.set(key, { stamp, result: this.transforms.get(filename) })
      return code
    }
    this.transforms.set(filename, known.result)
    if (known.result.sourceMapPath) this.sourceMaps.set(filename, known.result.sourceMapPath)
    return known.result.code
  }
}

const keepCompiled = (executor) => {
  const { compile } = executor
  const head = `(function (${executor.injectedModuleParameters.join(', ')}) {`
  executor.compile = function (source, filename) {
    const context = this.environment.getVmContext()
    // code that was compiled before cannot import() here, and what is no script jest explains
    if (context === null || /\bimport\s*\(/.test(source)) return compile.call(this, source, filename)
    let known = compiled.get(filename)
    if (known?.source !== source) {
      try {
        known = { source, script: new Script(`${head}${source}\n})`, { filename, columnOffset: -head.length }) }
      } catch {
        return compile.call(this, source, filename)
      }
      compiled.set(filename, known)
    }
    return known.script.runInContext(context)
  }
}

module.exports = class extends Runtime {
  constructor(config, ...rest) {
    super(config, ...rest)
    keepTranslated(this.transformCache, config.id)
    keepCompiled(this.executor)
  }
}
Object.assign(module.exports, { keepTranslated, keepCompiled })
