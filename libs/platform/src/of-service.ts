/** Which service a module is: it is given that service's ports, its role in the database among them. */
import type { DynamicModule, Type } from '@nestjs/common'
import type { Service } from '@chorus/contracts'

const SERVICE = 'chorus:service'
/** Says of an app's module which service it is. */
export const OfService = (service: Service): ClassDecorator => (target) => { Reflect.defineMetadata(SERVICE, service, target) }
/** undefined for a module of none: it is given the ports of whoever logs in */
export const serviceOf = (module: Type | DynamicModule): Service | undefined => Reflect.getMetadata(SERVICE, 'module' in module ? module.module : module) as Service | undefined
