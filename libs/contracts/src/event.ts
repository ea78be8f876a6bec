/** The event decorator and the registry of all event versions. */
import 'reflect-metadata'
import type { Classification, Context } from './privacy'
import type { ContractClass } from './fields'
import type { Role } from './rights'

/** What a catalogue page says of one event version. */
export interface EventSpec {
  /** stored name: never changes */
  readonly type: string
  readonly version: number
  /** stream categories in which it may stand */
  readonly categories: readonly string[]
  readonly classification: Classification
  /** whose tokens and keys it uses; none: no person stands in it, nothing is sealed */
  readonly context: Context | 'none'
  /** app that appends it */
  readonly producer: string
  /** apps that read it */
  readonly consumers: readonly string[]
  /** what the envelope's `time` means for this type */
  readonly time: string
  readonly summary: string
  /** roles that see it in a history, where they are fewer than those who see its category */
  readonly onlyFor?: readonly Role[]
  /** what of it is closed with the basis of a case: the whole event tells the level */
  readonly tells?: 'level'
}
export interface EventVersion extends EventSpec { readonly cls: ContractClass }

/** Leads the data of one version to the next. Sealed and erased values are moved as they are, never looked into. */
export interface Upcaster { readonly type: string; /** the version it reads; it gives from + 1 */ readonly from: number; readonly lead: (data: Readonly<Record<string, unknown>>) => Record<string, unknown> }

/** An event type, or a version, that this build does not know: readers are deployed before writers, so wait or update. */
export class UnknownEvent extends Error {
  constructor(readonly type: string, readonly version: number | null, message: string) { super(message); this.name = 'UnknownEvent' }
}

class EventRegistry {
  private readonly types = new Map<string, Map<number, EventVersion>>()
  private readonly newest = new Map<string, EventVersion>()
  private readonly byClass = new Map<ContractClass, EventVersion>()
  private readonly upcasters = new Map<string, Upcaster>()

  /** Called by the decorator. A type and version stand for one class. */
  add(version: EventVersion): void {
    const versions = this.types.get(version.type) ?? new Map<number, EventVersion>()
    if (versions.has(version.version)) throw new Error(`${version.type} version ${version.version} is declared twice`)
    for (const other of versions.values()) if (other.classification !== version.classification) throw new Error(`${version.type} version ${version.version} has classification ${version.classification}, version ${other.version} has ${other.classification}: all events of a stream category share one`)
    versions.set(version.version, version)
    this.types.set(version.type, versions)
    this.byClass.set(version.cls, version)
    if (version.version > (this.newest.get(version.type)?.version ?? 0)) this.newest.set(version.type, version)
  }

  /** Declares how one version becomes the next. */
  addUpcaster(upcaster: Upcaster): void {
    const key = `${upcaster.type}|${upcaster.from}`
    if (this.upcasters.has(key)) throw new Error(`the upcaster of ${upcaster.type} from version ${upcaster.from} is declared twice`)
    this.upcasters.set(key, upcaster)
  }

  knows(type: string): boolean { return this.types.has(type) }

  /** The newest version of a type. Throws UnknownEvent. */
  latest(type: string): EventVersion {
    const newest = this.newest.get(type)
    if (!newest) throw new UnknownEvent(type, null, `event type "${type}" is not known to this build. Update it, then rebuild what skipped the event. Known types: docs/events/README.md`)
    return newest
  }

  /** One version of a type. Throws UnknownEvent. */
  get(type: string, version: number): EventVersion {
    const newest = this.latest(type)
    const found = this.types.get(type)?.get(version)
    if (!found) throw new UnknownEvent(type, version, `${type} version ${version} is not known to this build, which knows up to version ${newest.version}. Update it first: readers are deployed before writers`)
    return found
  }

  /** The version that a class stands for. */
  of(cls: ContractClass): EventVersion {
    const found = this.byClass.get(cls)
    if (!found) throw new Error(`${cls.name} is not an event: it lacks @Event`)
    return found
  }

  /** All versions of all types, by type, then version. */
  all(): readonly EventVersion[] {
    return [...this.types.values()].flatMap(versions => [...versions.values()]).sort((a, b) => a.type === b.type ? a.version - b.version : a.type < b.type ? -1 : 1)
  }

  /** Data of a stored version led, step by step, to the newest. The newest version's data come back as they are. */
  upcast(type: string, version: number, data: Readonly<Record<string, unknown>>): { readonly version: number; readonly data: Readonly<Record<string, unknown>> } {
    const newest = this.latest(type).version
    if (version === newest) return { version, data }
    this.get(type, version)
    let led = data
    for (let from = version; from < newest; from++) {
      const step = this.upcasters.get(`${type}|${from}`)
      if (!step) throw new Error(`${type}: no upcaster leads version ${from} to ${from + 1}`)
      led = step.lead(led)
    }
    return { version: newest, data: led }
  }
}

export type { EventRegistry }
export const eventRegistry = new EventRegistry()

/** Declares a class as one version of an event. */
export const Event = (spec: EventSpec) => <C extends ContractClass>(cls: C): void => { eventRegistry.add({ ...spec, cls }) }
