import { Injectable, type PipeTransform } from '@nestjs/common'
import { isUuid, Problem } from '@chorus/platform'

/** An id in a path: a UUID, in lower case as ids are stored. */
@Injectable()
export class UuidPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (!isUuid(value)) throw new Problem('bad-parameter', 'The id in the path must be a UUID. Take it from the answer or the list that named it.', { errors: [{ pointer: '/path/id', rule: 'uuid', detail: 'must be a UUID' }] })
    return value.toLowerCase()
  }
}
