/** Looks at the drop folder again and again; of several processes that watch it one does, until it ends. */
import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common'
import { CLOCK, DATABASE, Readiness, SETTINGS, type Check, type Clock, type Settings } from '@chorus/platform'
import type { ReservedSql, Sql } from 'postgres'
import { KcpdImport } from '../import-run/import-kcpd'
import { NibrsImport } from '../import-run/import-nibrs'
import { MappedImport } from '../mapped-import/import-extract'
import { DropFolder, FolderUnusable } from './take-files'
import { importDropped } from './import-dropped'

const LOCK = 8260120

@Injectable()
export class WatchDropFolder implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('drop folder')
  private readonly stopping = new AbortController()
  private readonly folder: DropFolder | undefined
  private looking: Promise<void> = Promise.resolve()
  private timer: NodeJS.Timeout | undefined
  /** holds the lock as long as it lives */
  private lock: ReservedSql | undefined
  private state: Check = { ok: true, text: 'not looked at yet' }

  constructor(@Inject(SETTINGS) private readonly settings: Settings, @Inject(DATABASE) private readonly database: Sql, @Inject(CLOCK) clock: Clock, nibrs: NibrsImport, kcpd: KcpdImport, extracts: MappedImport, readiness: Readiness) {
    if (settings.drop === undefined) return
    this.folder = new DropFolder({ folder: settings.drop, maxBytes: settings.maxUpload, clock, importFile: importDropped({ nibrs, kcpd, extracts, clock, failed: (error) => { this.log.error({ err: error }) } }, this.stopping.signal) })
    readiness.add('drop folder', async () => this.state)
  }

  onApplicationBootstrap(): void { if (this.folder) this.again(0) }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort()
    clearTimeout(this.timer)
    await this.looking
    if (!this.lock) return
    await this.lock`select pg_advisory_unlock(${LOCK})`.catch(() => undefined)
    this.lock.release()
  }

  private again(ms: number): void {
    this.timer = setTimeout(() => { this.looking = this.look().finally(() => { if (!this.stopping.signal.aborted) this.again(this.settings.dropInterval * 1000) }) }, ms)
  }

  private async look(): Promise<void> {
    let state: Check
    try {
      if (!await this.owns()) state = { ok: true, text: 'standby: another process watches it' }
      else {
        await this.folder!.look(this.stopping.signal)
        state = this.folder!.waiting === undefined ? { ok: true, text: 'watched' } : { ok: false, text: this.folder!.waiting }
      }
    } catch (error) {
      state = { ok: false, text: error instanceof FolderUnusable ? error.message : 'cannot be looked at: the database does not answer, or a fault of ours that is in the log; tried again' }
      if (!(error instanceof FolderUnusable)) this.log.error({ err: error })
    }
    if (state.text !== this.state.text) this.log[state.ok ? 'log' : 'warn'](state.text)
    this.state = state
  }

  /** A process that dies lets go. */
  private async owns(): Promise<boolean> {
    if (this.lock) {
      try { await this.lock`select 1`; return true } catch { this.lock.release(); this.lock = undefined }
    }
    const held = await this.database.reserve()
    try {
      const [row] = await held<{ owns: boolean }[]>`select pg_try_advisory_lock(${LOCK}) as owns`
      if (row!.owns) { this.lock = held; return true }
      held.release()
      return false
    } catch (error) { held.release(); throw error }
  }
}
