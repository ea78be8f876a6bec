/** What each problem type means and what to do: the pages that `type` of a problem leads to. */
import { Controller, Get, Header, Param } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import { Public } from '@chorus/contracts'
import { Problem } from './problem'
import { PROBLEM_TYPES, problemsDocument, type ProblemName } from './problem-types'

const DOCUMENTATION = 'documentation: the same for everybody, holds nothing of any case'

@Controller('problems')
@ApiExcludeController()
export class ProblemsController {
  @Get()
  @Public(DOCUMENTATION)
  @Header('Content-Type', 'text/plain; charset=utf-8')
  all(): string { return problemsDocument() }

  @Get(':name')
  @Public(DOCUMENTATION)
  @Header('Content-Type', 'text/plain; charset=utf-8')
  one(@Param('name') name: string): string {
    if (!Object.hasOwn(PROBLEM_TYPES, name)) throw new Problem('not-found', 'There is no such problem type. All of them are listed at /problems.')
    const { title, status, retryable, means, todo } = PROBLEM_TYPES[name as ProblemName]
    return `${name} (${status})\n${title}\n\n${means}\n\nWhat to do: ${todo}\n${retryable ? 'The same request may succeed later.' : 'The same request will fail again.'}\n`
  }
}
