/** What the compiler cannot see: a sealed field that is typed as if it were always plain, a command that reaches nobody. */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import ts from 'typescript'
import { MODULE_METADATA } from '@nestjs/common/constants'
import type { Type } from '@nestjs/common'
import { COMMAND_HANDLER_METADATA } from '@nestjs/cqrs/dist/decorators/constants'
import { allCommands, eventRegistry, fieldsOf, rightOf, type ContractClass } from '@chorus/contracts'
import { filesBelow, root } from './tree'

const classesIn = (paths: readonly string[]): { path: string; name: string; node: ts.ClassDeclaration; file: ts.SourceFile }[] => paths.flatMap((path) => {
  const file = ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest)
  return file.statements.filter(ts.isClassDeclaration).map(node => ({ path, name: node.name?.text ?? '', node, file }))
})

describe('a sealed field of an event', () => {
  const sources = classesIn(filesBelow('libs/contracts/src').filter(path => path.endsWith('.ts') && !path.endsWith('.spec.ts')))
  const contracts = new Map<string, ContractClass>()
  const collect = (cls: ContractClass): void => {
    contracts.set(cls.name, cls)
    for (const { nested } of fieldsOf(cls)) if (nested && !contracts.has(nested().name)) collect(nested())
  }
  for (const { cls } of eventRegistry.all()) collect(cls)
  const sealed = [...contracts.values()].flatMap(cls => fieldsOf(cls).filter(spec => spec.sealed).map(({ name }) => ({ cls: cls.name, name })))

  it('is found', () => { expect(sealed.length).toBeGreaterThan(10) })
  it('is typed Sealable: whoever reads it may meet a sealed or an erased value', () => {
    const typeOf = ({ cls, name }: { cls: string; name: string }): string => {
      const source = sources.find(one => one.name === cls)
      const member = source?.node.members.filter(ts.isPropertyDeclaration).find(one => one.name.getText(source.file) === name)
      return member?.type?.getText(source?.file) ?? 'not found'
    }
    expect(sealed.filter(field => !/^Sealable(<.*>)?(\[\])?$/.test(typeOf(field))).map(field => `${field.cls}.${field.name}: ${typeOf(field)}`)).toEqual([])
  })
})

describe('every command', () => {
  const ours = filesBelow('apps').filter(path => /\/src\/.*\.commands\.ts$/.test(path))
  const modules = filesBelow('apps').filter(path => path.endsWith('.module.ts')).flatMap(path => Object.values(require(join(root, path)) as Record<string, unknown>).filter((one): one is Type => typeof one === 'function' && Reflect.hasMetadata(MODULE_METADATA.PROVIDERS, one)))
  const provided = new Set(modules.flatMap(one => (Reflect.getMetadata(MODULE_METADATA.PROVIDERS, one) as unknown[]).flatMap(each => typeof each === 'function' ? [each] : [])))
  const exported = ours.flatMap(path => Object.values(require(join(root, path)) as Record<string, unknown>).filter((one): one is Type => typeof one === 'function'))
  const handled = new Set([...provided].map(handler => Reflect.getMetadata(COMMAND_HANDLER_METADATA, handler) as unknown))

  it('is found', () => { expect(handled.size).toBeGreaterThan(10) })
  it('has a handler that a module provides: a handler that is in no list reaches nobody', () => {
    const declared = classesIn(ours).filter(({ node, file }) => ts.getDecorators(node)?.some(decorator => decorator.expression.getText(file).startsWith('CommandHandler(')))
    expect(declared.length).toBeGreaterThan(10)
    const names = new Set([...provided].map(one => one.name))
    expect(declared.filter(({ name }) => !names.has(name)).map(({ path, name }) => `${basename(path)}: ${name}`)).toEqual([])
  })
  it('that takes the rights of a body is one that a handler takes', () => {
    const commands = exported.filter(one => rightOf(one) !== undefined && !Reflect.hasMetadata(COMMAND_HANDLER_METADATA, one))
    expect(commands.filter(one => !handled.has(one)).map(({ name }) => name)).toEqual([])
  })
  it('that a body declares is sent by some command class of the same right', () => {
    const texts = ours.map(path => readFileSync(join(root, path), 'utf8')).join('\n')
    expect(allCommands().filter(({ cls }) => !texts.includes(`rightOf(${cls.name})`)).map(({ type }) => type)).toEqual([])
  })
})
