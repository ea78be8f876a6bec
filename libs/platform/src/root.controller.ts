/** The bare address leads to the interface: what a person types who was given nothing else. */
import { Controller, Get, Redirect } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import { Public } from '@chorus/contracts'

@Controller()
@ApiExcludeController()
export class RootController {
  @Get()
  @Public('leads to the documentation')
  @Redirect('/docs')
  documentation(): void { /* the decorator answers */ }
}
