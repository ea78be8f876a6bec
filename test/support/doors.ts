/** All doors of an application: every route of every controller, every command and query that a handler takes. */
import { RequestMethod, type INestApplication, type Type } from '@nestjs/common'
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants'
import { ModulesContainer } from '@nestjs/core'
import { COMMAND_HANDLER_METADATA, QUERY_HANDLER_METADATA } from '@nestjs/cqrs/dist/decorators/constants'
import { publicReasonOf, rightOf, type Right } from '@chorus/contracts'

export interface Route { readonly name: string; readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'; /** with its parameters as `:name` */ readonly path: string; readonly right: Right | undefined; readonly publicReason: string | undefined }
export interface Message { readonly name: string; readonly right: Right | undefined }

/** The routes of one controller class, declared or not, and the functions that answer them. */
export const handlersOf = (controller: Type): (Route & { readonly handler: object })[] => {
  const prototype = controller.prototype as Record<string, unknown>
  const bases = [Reflect.getMetadata(PATH_METADATA, controller) as string | string[]].flat()
  return Object.getOwnPropertyNames(prototype).filter((key) => key !== 'constructor').flatMap((key) => {
    const handler = prototype[key]
    if (typeof handler !== 'function') return []
    const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined
    if (method === undefined) return []
    const paths = [Reflect.getMetadata(PATH_METADATA, handler) as string | string[]].flat()
    return bases.flatMap((base) => paths.map((path) => ({
      handler, name: `${controller.name}.${key}`, method: RequestMethod[method].toLowerCase() as Route['method'], path: `/${[base, path].map((part) => part.replace(/^\/+|\/+$/g, '')).filter(Boolean).join('/')}`,
      right: rightOf(handler), publicReason: publicReasonOf(handler),
    })))
  })
}
export const routesOf = (controller: Type): Route[] => handlersOf(controller).map(({ handler: _, ...route }) => route)

const classesIn = (app: INestApplication, kind: 'controllers' | 'providers'): Set<Type> =>
  new Set([...app.get(ModulesContainer).values()].flatMap((module) => [...module[kind].values()].flatMap(({ metatype }) => typeof metatype === 'function' ? [metatype as Type] : [])))

export const routesIn = (app: INestApplication): Route[] => [...classesIn(app, 'controllers')].flatMap(routesOf)

/** Command and query classes that have a handler. */
export const messagesIn = (app: INestApplication): Message[] => [...classesIn(app, 'providers')].flatMap((handler) => [COMMAND_HANDLER_METADATA, QUERY_HANDLER_METADATA].flatMap((key) => {
  const message = Reflect.getMetadata(key, handler) as Type | undefined
  return message ? [{ name: message.name, right: rightOf(message) }] : []
}))

/** Paths that the HTTP server answers, whoever registered them. */
export const servedPaths = (app: INestApplication): string[] => {
  const { router } = app.getHttpAdapter().getInstance() as { router: { stack: readonly { route?: { path: string | string[] } }[] } }
  return [...new Set(router.stack.flatMap(({ route }) => route ? [route.path].flat() : []))]
}
