import { Injectable, type PipeTransform } from '@nestjs/common'
import { Problem } from '@chorus/platform'
import { accountCode } from './account/account-code'

const wrong = (detail: string): Problem => new Problem('bad-parameter', `The number in the path ${detail}.`, { errors: [{ pointer: '/path', rule: 'pattern', detail }] })

/** The number of an ordinance in a path. */
@Injectable()
export class NamePipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(value)) throw wrong('must be the number of an ordinance, e.g. 260299')
    return value
  }
}

/** The code of an account in a path. */
@Injectable()
export class AccountPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!accountCode(value)) throw wrong('must be the code of an account, FY-FUND-COSTCENTER-CLASS, e.g. 27-2000-501905-B')
    return value
  }
}
