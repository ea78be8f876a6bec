/**
 * Writes what each route answers, libs/platform/src/answer-schemas.json, from the types that its handler returns: said once, checked by the
 * compiler, shown at /docs. `npm run answers`; what is not what this writes fails the architecture test.
 */
import { writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import ts from 'typescript'

type Schema = Readonly<Record<string, unknown>>
const root = resolve(__dirname, '..')
export const answersFile = join(root, 'libs', 'platform', 'src', 'answer-schemas.json')
const VERBS = new Set(['Get', 'Post', 'Put', 'Patch', 'Delete'])

/** Schemas of what JSON.stringify makes of values of these types. Objects are open: a client is to let fields pass that it does not know. */
class Schemas {
  private readonly within: ts.Type[] = []
  constructor(private readonly checker: ts.TypeChecker) {}

  of(type: ts.Type, where: string): Schema {
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {}
    if (type.flags & ts.TypeFlags.Null) return { type: 'null' }
    if (type.isStringLiteral() || type.isNumberLiteral()) return { enum: [type.value] }
    if (type.flags & ts.TypeFlags.BooleanLiteral) return { enum: [this.checker.typeToString(type) === 'true'] }
    if (type.isUnion()) return this.union(type, where)
    if (type.flags & ts.TypeFlags.StringLike) return { type: 'string' }
    if (type.flags & ts.TypeFlags.NumberLike) return { type: 'number' }
    // a name that is a string with a mark on it
    if (type.isIntersection() && type.types.some(({ flags }) => flags & ts.TypeFlags.StringLike)) return { type: 'string' }
    if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection | ts.TypeFlags.NonPrimitive))) throw new Error(`${where}: nothing that JSON carries is a ${this.checker.typeToString(type)}`)
    // a type within itself: as deep as that it says nothing more
    if (this.within.includes(type)) return {}
    this.within.push(type)
    try { return this.object(type, where) } finally { this.within.pop() }
  }

  private union(type: ts.UnionType, where: string): Schema {
    // an object that would hold a never is none that there is
    const empty = (each: ts.Type): boolean => Boolean(each.flags & ts.TypeFlags.Object) && each.getProperties().some((property) => this.checker.getTypeOfSymbol(property).flags & ts.TypeFlags.Never)
    const parts = type.types.filter((each) => !(each.flags & ts.TypeFlags.Undefined) && !empty(each)).map((each) => this.of(each, where))
    const plain = parts.filter((each) => !('enum' in each))
    const values = parts.flatMap((each) => ('enum' in each ? each.enum as unknown[] : []))
    const both = values.includes(true) && values.includes(false)
    // the compiler's own order depends on what it read before
    const rest = values.filter((value) => !both || typeof value !== 'boolean').sort((a, b) => (String(a) < String(b) ? -1 : 1))
    const all = [...plain, ...both ? [{ type: 'boolean' }] : [], ...rest.length > 0 ? [{ enum: rest }] : []].filter((each, at, every) => every.findIndex((other) => JSON.stringify(other) === JSON.stringify(each)) === at)
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    if (all.length === 1) return all[0]!
    return all.every((each) => typeof each.type === 'string' && Object.keys(each).length === 1) ? { type: all.map((each) => (each as { type: string }).type) } : { anyOf: all }
  }

  private object(type: ts.Type, where: string): Schema {
    const { checker } = this
    if (checker.isTupleType(type)) {
      const parts = checker.getTypeArguments(type as ts.TypeReference).map((each) => this.of(each, where))
      return { type: 'array', prefixItems: parts, items: false }
    }
    if (checker.isArrayType(type)) return { type: 'array', items: this.of(checker.getTypeArguments(type as ts.TypeReference)[0]!, `${where}[]`) }
    const json = type.getProperty('toJSON')
    if (json) return this.of(checker.getTypeOfSymbol(json).getCallSignatures()[0]!.getReturnType(), where)
    if (['Map', 'Set', 'Promise', 'Buffer'].includes(type.symbol?.name)) throw new Error(`${where}: JSON makes nothing of a ${type.symbol.name}`)
    const properties: Record<string, Schema> = {}
    const required: string[] = []
    for (const property of checker.getPropertiesOfType(type)) {
      const of = checker.getTypeOfSymbol(property)
      if (of.getCallSignatures().length > 0) continue
      const doc = ts.displayPartsToString(property.getDocumentationComment(checker))
      properties[property.name] = { ...this.of(of, `${where}.${property.name}`), ...(doc && { description: doc }) }
      const left = of.isUnion() ? of.types.some(({ flags }) => flags & ts.TypeFlags.Undefined) : Boolean(of.flags & ts.TypeFlags.Undefined)
      if (!(property.flags & ts.SymbolFlags.Optional) && !left) required.push(property.name)
    }
    const index = checker.getIndexTypeOfType(type, ts.IndexKind.String)
    return { type: 'object', ...(required.length > 0 && { required }), ...(Object.keys(properties).length > 0 && { properties }), ...(index && { additionalProperties: this.of(index, `${where}[…]`) }) }
  }
}

/** What a handler answers: a body as JSON, or lines of it (progressStream). */
export interface Answer { readonly json?: Schema; readonly lines?: Schema }

/** Class.method of each route of the product -> what it answers. @throws Error where a handler returns nothing, or what JSON does not carry */
export const answers = (): Readonly<Record<string, Answer>> => {
  const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)).config, ts.sys, root)
  const controllers = ts.sys.readDirectory(root, ['.controller.ts'], ['node_modules', 'dist', '.cache', '.chorus'], ['apps/*/src/**/*.controller.ts', 'libs/*/src/**/*.controller.ts'])
  const program = ts.createProgram({ rootNames: controllers, options: { ...options, noEmit: true, types: ['node'] } })
  const checker = program.getTypeChecker()
  const found: Record<string, Answer> = {}
  for (const file of controllers) program.getSourceFile(file)!.forEachChild((node) => {
    if (!ts.isClassDeclaration(node) || !node.name || !decorated(node, new Set(['Controller'])) || decorated(node, new Set(['ApiExcludeController']))) return
    for (const member of node.members) {
      if (!ts.isMethodDeclaration(member) || !decorated(member, VERBS)) continue
      const name = `${node.name.text}.${member.name.getText()}`
      const returned = checker.getSignatureFromDeclaration(member)!.getReturnType()
      const type = checker.getAwaitedType(returned) ?? returned
      if (type.flags & ts.TypeFlags.VoidLike) throw new Error(`${name} (${basename(file)}) returns nothing: what does it answer? One that sends lines returns what progressStream returns`)
      const schemas = new Schemas(checker)
      const line = type.getProperty('line')
      found[name] = type.symbol?.name === 'Streamed' && line ? { lines: schemas.of(checker.getTypeOfSymbol(line), name) } : { json: schemas.of(type, name) }
    }
  })
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
}

const decorated = (node: ts.ClassDeclaration | ts.MethodDeclaration, names: ReadonlySet<string>): boolean =>
  (ts.getDecorators(node) ?? []).some(({ expression }) => ts.isCallExpression(expression) && names.has(expression.expression.getText()))

/** The file's text: a line for each route, so that a change of one is seen as one. */
export const answersText = (): string => `{\n${Object.entries(answers()).map(([name, answer]) => `  ${JSON.stringify(name)}: ${JSON.stringify(answer)}`).join(',\n')}\n}\n`

if (require.main === module) {
  const text = answersText()
  writeFileSync(answersFile, text)
  process.stdout.write(`libs/platform/src/answer-schemas.json: ${text.split('\n').length - 3} routes\n`)
}
