/** The Nest side that every app shares: guard, pipe, filter, buses, logs, health. */
import { Module, type DynamicModule, type MiddlewareConsumer, type NestModule } from '@nestjs/common'
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core'
import { CqrsModule } from '@nestjs/cqrs'
import { LoggerModule } from 'nestjs-pino'
import { json } from 'express'
import type { DestinationStream } from 'pino'
import { BodyPipe } from './body.pipe'
import type { Clock } from './clock'
import { gatedBuses } from './command-gate'
import { Followers } from './followers'
import { HealthController, Readiness } from './health.controller'
import { loggerOptions, type LogLevel } from './logging'
import { MeController } from './me.controller'
import { ProblemFilter } from './problem'
import { ProblemsController } from './problems.controller'
import { CLOCK, SETTINGS, VERIFIER } from './providers'
import { RightsGuard } from './rights.guard'
import { RootController } from './root.controller'
import type { Mode } from './demonstration-issuer'
import type { TokenVerifier } from './tokens'

export interface PlatformOptions {
  readonly settings: { readonly mode: Mode }
  readonly clock: Clock
  readonly verifier: TokenVerifier
  readonly logTo: DestinationStream
  readonly logLevel: LogLevel
}

/** JSON bodies are commands: small. Files come as a stream of another content type, which no parser touches. */
const JSON_LIMIT = '1mb'

@Module({})
export class PlatformModule implements NestModule {
  static forRoot(options: PlatformOptions): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      imports: [LoggerModule.forRoot(loggerOptions(options.logLevel, options.logTo, options.clock)), CqrsModule.forRoot(gatedBuses)],
      controllers: [RootController, HealthController, MeController, ProblemsController],
      providers: [
        { provide: SETTINGS, useValue: options.settings },
        { provide: CLOCK, useValue: options.clock },
        { provide: VERIFIER, useValue: options.verifier },
        { provide: APP_GUARD, useClass: RightsGuard },
        { provide: APP_PIPE, useClass: BodyPipe },
        { provide: APP_FILTER, useClass: ProblemFilter },
        Readiness, Followers,
      ],
      exports: [SETTINGS, CLOCK, VERIFIER, Readiness, Followers],
    }
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(json({ limit: JSON_LIMIT, strict: true, type: 'application/json' })).forRoutes('{*path}')
  }
}
