/** Walls (conflicts of interest) at every door that reads a person's record or takes a command: what is behind one looks like what is not there. */
import { CanActivate, ExecutionContext, Inject, Injectable } from '@nestjs/common'
import { Problem } from './problem'
import { WALLS } from './providers'
import { contextOf, type ChorusRequest } from './request-context'

/** What stands behind the walls of one account. */
export interface Wall { /** the cases behind it */ readonly cases: ReadonlySet<string>; named(value: unknown): string[]; hides(value: unknown): boolean; elsewhere(text: string, stands: (standIn: string, asked: string) => void): string; without<T>(answer: T): T | undefined }
/** null: the account has none. Asked at the log's head. */
export type WallsOf = (account: string) => Promise<Wall | null>

/** What is asked for behind a wall is asked for by a name that nothing has. @returns puts back into an answer what was asked for */
export const askElsewhere = (request: ChorusRequest, wall: Wall): (<T>(answer: T) => T) => {
  const asked = new Map<string, string>()
  const elsewhere = (value: string): string => wall.elsewhere(value, (standIn, name) => asked.set(standIn, name))
  for (const [name, value] of Object.entries(request.params)) if (typeof value === 'string') request.params[name] = elsewhere(value)
  const query = Object.fromEntries(Object.entries(request.query).map(([name, value]) => [name, typeof value === 'string' ? elsewhere(value) : value]))
  // A getter in Express 5: what it gives is made anew each time.
  Object.defineProperty(request, 'query', { value: query, configurable: true })
  return (answer) => asked.size === 0 || answer === undefined ? answer : JSON.parse([...asked].reduce((text, [standIn, name]) => text.replaceAll(standIn, name), JSON.stringify(answer))) as typeof answer
}
export const NOT_HERE = 'There is no such record here. Look its number up again.'

const PAST = 'chorus:past-walls'
/** A stop or a fact is taken from whoever sends it. */
export const pastWalls = (): MethodDecorator => (_target, _key, descriptor) => { Reflect.defineMetadata(PAST, true, descriptor.value as object) }

/**
 * Of a command: one that names nobody behind a wall passes; one that does, in its path, meets what is not there; in its body, is
 * refused as not found. A stop or a fact passes as it is, and is entered all the same.
 */
@Injectable()
export class BehindNoWall implements CanActivate {
  constructor(@Inject(WALLS) private readonly walls: WallsOf) {}
  async canActivate(execution: ExecutionContext): Promise<boolean> {
    const request = execution.switchToHttp().getRequest<ChorusRequest>()
    const context = contextOf(request)
    const { actor } = context
    const wall = actor ? await this.walls(actor.id) : null
    if (!wall) return true
    if (wall.hides([request.params, request.body])) context.walled = { ...request.params, ...Object.fromEntries(wall.named(request.body).map((name, at) => [`body ${at + 1}`, name])) }
    if (Reflect.getMetadata(PAST, execution.getHandler()) === true) return true
    if (wall.hides(request.body)) throw new Problem('not-found', NOT_HERE)
    askElsewhere(request, wall)
    return true
  }
}
