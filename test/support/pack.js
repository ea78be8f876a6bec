// What a program loads, in one file: which file each require means, its text, and V8's compiled code. A process that is started
// again, as the fault suites do hundreds of times, then spends half as much on its modules. Left by a process that found
// something missing; a file of ours that has changed is read anew, and other packages make another pack.
const { createHash } = require('node:crypto')
const { readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } = require('node:fs')
const Module = require('node:module')
const { dirname, join, sep } = require('node:path')
const { Script } = require('node:vm')

const PACKAGES = `${sep}node_modules${sep}`
/** by then a process has loaded what it needs to begin with */
const LOADED_MS = 1500
/** a pack that a process was killed over while it wrote is nobody's by then */
const LEFT_MS = 3_600_000
const stampOf = (file) => {
  const { mtimeMs, size } = statSync(file)
  return `${mtimeMs} ${size}`
}

/** @returns what the pack holds; nothing where it is missing, damaged, of another `version`, or where a file of ours is gone */
const readPack = (file, version) => {
  const nothing = { modules: {}, resolved: {}, bytes: Buffer.alloc(0) }
  try {
    const all = readFileSync(file)
    const end = 4 + all.readUInt32LE(0)
    const head = JSON.parse(all.toString('utf8', 4, end))
    if (head.version !== version) return nothing
    const { modules, resolved } = head
    for (const [filename, { stamp }] of Object.entries(modules)) if (stamp && stamp !== stampOf(filename)) delete modules[filename]
    return { modules, resolved, bytes: all.subarray(end) }
  } catch {
    return nothing
  }
}

const sweep = (folder) => {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    // another process may sweep too
    if (/\.pack\.\d+$/.test(name)) try { if (Date.now() - statSync(file).mtimeMs > LEFT_MS) rmSync(file) } catch { /* gone */ }
  }
}

/** `parts`: [filename, text, compiled, stamp]. Whole or not at all: others may be reading. */
const writePack = (file, version, resolved, parts) => {
  const modules = {}
  const buffers = []
  let at = 0
  for (const [filename, text, compiled, stamp] of parts) {
    modules[filename] = { text: [at, at + text.length], compiled: [at + text.length, at + text.length + compiled.length], stamp }
    at += text.length + compiled.length
    buffers.push(text, compiled)
  }
  const head = Buffer.from(JSON.stringify({ version, modules, resolved }))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(head.length)
  sweep(dirname(file))
  writeFileSync(`${file}.${process.pid}`, Buffer.concat([length, head, ...buffers]))
  renameSync(`${file}.${process.pid}`, file)
}

/**
 * From here on this process loads from the pack of its program.
 * @param {{ root: string, kept: string, translated: (filename: string) => string, version: string }} options `kept`: folder of
 *   the packs; `translated`: the JavaScript of a TypeScript file; `version`: of whatever translates
 */
const packed = ({ root, kept, translated, version: translator }) => {
  const version = [process.version, translator, stampOf(join(root, 'node_modules', '.package-lock.json')), stampOf(__filename)].join(' ')
  const file = join(kept, `${createHash('sha256').update(JSON.stringify([process.argv[1], process.execArgv])).digest('hex')}.pack`)
  const { modules, resolved, bytes } = readPack(file, version)
  const used = new Map()
  let missed = false

  const resolve = Module._resolveFilename
  Module._resolveFilename = function (request, parent, isMain, options) {
    const key = parent?.path && !options ? `${parent.path}\0${request}` : undefined
    if (key && resolved[key]) return resolved[key]
    const found = resolve.call(this, request, parent, isMain, options)
    if (key && found !== request) {
      resolved[key] = found
      missed = true
    }
    return found
  }

  const run = (module, filename, source, known) => {
    const script = new Script(Module.wrap(source), { filename, cachedData: known && bytes.subarray(...known.compiled) })
    if (!known || script.cachedDataRejected) missed = true
    used.set(filename, { source, script, stamp: known ? known.stamp : filename.includes(PACKAGES) ? undefined : stampOf(filename) })
    const require_ = (id) => module.require(id)
    require_.resolve = (request, options) => Module._resolveFilename(request, module, false, options)
    Object.assign(require_, { main: process.mainModule, extensions: Module._extensions, cache: Module._cache })
    script.runInThisContext().call(module.exports, module.exports, require_, module, filename, dirname(filename))
  }
  const usually = { '.ts': Module._extensions['.ts'], '.js': Module._extensions['.js'] }
  const load = (extension, text) => (module, filename) => {
    const known = modules[filename]
    const source = known ? bytes.toString('utf8', ...known.text) : text(filename).replace(/^#!.*/, '')
    // code that was compiled before cannot import() here
    if (!filename.endsWith(extension) || /\bimport\s*\(/.test(source)) return usually[extension](module, filename)
    try {
      run(module, filename, source, known)
    } catch (error) {
      // a module of the other kind: node knows what to do
      if (!(error instanceof SyntaxError) || used.has(filename)) throw error
      usually[extension](module, filename)
    }
  }
  Module._extensions['.ts'] = load('.ts', translated)
  // what ends neither way, .mjs say, comes here too
  Module._extensions['.js'] = load('.js', (filename) => readFileSync(filename, 'utf8'))

  const leave = () => {
    if (!missed) return
    missed = false
    try {
      const others = Object.entries(modules).filter(([filename]) => !used.has(filename))
      writePack(file, version, resolved, [
        ...[...used].map(([filename, { source, script, stamp }]) => [filename, Buffer.from(source), script.createCachedData(), stamp]),
        ...others.map(([filename, { text, compiled, stamp }]) => [filename, bytes.subarray(...text), bytes.subarray(...compiled), stamp]),
      ])
    } catch {
      // then the next one loads as this one did
    }
  }
  process.on('exit', leave)
  // some only ever end by a power cut
  setTimeout(leave, LOADED_MS).unref()
}

module.exports = { packed }
