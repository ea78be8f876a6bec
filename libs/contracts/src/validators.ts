/**
 * As much of class-validator as is used. Its index loads three hundred files more, the telephone numbers of the world among them:
 * a seventh of what a process takes to start.
 */
import type * as ClassValidator from 'class-validator'

type Name = Exclude<keyof typeof ClassValidator, 'default'>
const part = <K extends Name>(name: K, folder: string): (typeof ClassValidator)[K] => (require(`class-validator/cjs/${folder}/${name}`) as typeof ClassValidator)[name]

export const ArrayMaxSize = part('ArrayMaxSize', 'decorator/array')
export const IsArray = part('IsArray', 'decorator/typechecker')
export const IsBoolean = part('IsBoolean', 'decorator/typechecker')
export const IsIn = part('IsIn', 'decorator/common')
export const IsInt = part('IsInt', 'decorator/typechecker')
export const IsNotEmpty = part('IsNotEmpty', 'decorator/common')
export const IsObject = part('IsObject', 'decorator/typechecker')
export const Matches = part('Matches', 'decorator/string')
export const Max = part('Max', 'decorator/number')
export const Min = part('Min', 'decorator/number')
export const ValidateBy = part('ValidateBy', 'decorator/common')
export const ValidateIf = part('ValidateIf', 'decorator/common')
export const ValidateNested = part('ValidateNested', 'decorator/common')
export const Validator = part('Validator', 'validation')
