/** Health, for whoever restarts or routes to this process. `live`: the process answers. `ready`: it can do its work now. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Controller, Get, Injectable, Res } from '@nestjs/common'
import type { Response } from 'express'
import { Public } from '@chorus/contracts'
import { Answers } from './answers'

export interface Check { readonly ok: boolean; /** it does its work, and something of it waits for somebody */ readonly warn?: true; /** one line for an operator; no address with a password, no value of a person */ readonly text: string }
export interface CheckResult extends Check { readonly name: string }

/** A check that does not answer within this many ms has failed. */
const PATIENCE = 2000

/** Where modules put their readiness checks. */
@Injectable()
export class Readiness {
  private readonly checks = new Map<string, () => Promise<Check>>()
  private stopping = false

  add(name: string, check: () => Promise<Check>): void { this.checks.set(name, check) }
  /** From here on not ready: the process is going down, what is in hand is finished. */
  stop(): void { this.stopping = true }

  /** Runs every check now, all at once. Nothing is cached: the answer is as old as the slowest check, at most 2 s. */
  async look(): Promise<readonly CheckResult[]> {
    if (this.stopping) return [{ name: 'process', ok: false, text: 'stopping' }]
    return Promise.all([...this.checks].map(async ([name, check]) => ({ name, ...await withPatience(check) })))
  }
  /** Waits until every check holds, for about `ms` at most, or until it is told to stop. @returns what does not hold yet */
  async until(ms: number, signal?: AbortSignal): Promise<readonly CheckResult[]> {
    for (const end = performance.now() + ms; ;) {
      const missing = (await this.look()).filter(({ ok }) => !ok)
      if (missing.length === 0 || signal?.aborted || performance.now() > end) return missing
      await sleep(50)
    }
  }
}

const withPatience = async (check: () => Promise<Check>): Promise<Check> => {
  let timer: NodeJS.Timeout | undefined
  try {
    const late = new Promise<Check>((resolve) => { timer = setTimeout(() => resolve({ ok: false, text: `no answer within ${PATIENCE / 1000} s` }), PATIENCE) })
    return await Promise.race([check(), late])
  } catch (error) {
    return { ok: false, text: `failed (${(error as { code?: string }).code ?? (error instanceof Error ? error.name : 'error')})` }
  } finally {
    clearTimeout(timer)
  }
}

@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @Answers('the process answers')
  @Public('whoever restarts the process has no token; the answer says nothing but that it answers')
  live(): { status: 'live' } { return { status: 'live' } }

  @Get('ready')
  @Answers('it can do its work now') @Answers('it cannot, and these checks say why', 503)
  @Public('whoever routes to the process has no token; the answer names checks, never contents')
  async ready(@Res({ passthrough: true }) response: Response): Promise<{ status: 'ready' | 'not-ready'; checks: readonly CheckResult[] }> {
    const checks = await this.readiness.look()
    const ok = checks.every((check) => check.ok)
    response.status(ok ? 200 : 503)
    return { status: ok ? 'ready' : 'not-ready', checks }
  }
}
