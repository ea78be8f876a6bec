/** Looks at the drop folder again and again; of several processes that watch it one does, until it ends. */
import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common'
import type { Recorder } from '@chorus/event-store'
import { CLOCK, Readiness, RECORDER, SETTINGS, VAULT, type Check, type Clock, type Settings } from '@chorus/platform'
import type { Vault } from '@chorus/privacy'
import { KcpdImport } from '../import-run/import-kcpd'
import { NibrsImport } from '../import-run/import-nibrs'
import { MappedImport } from '../mapped-import/import-extract'
import { FolderUnusable } from './on-disk'
import { DropFolder } from './take-files'
import { importDropped } from './import-dropped'
import { DropLock } from './drop-lock'

@Injectable()
export class WatchDropFolder implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('drop folder')
  private readonly stopping = new AbortController()
  private readonly folder: DropFolder | undefined
  private looking: Promise<void> = Promise.resolve()
  private timer: NodeJS.Timeout | undefined
  private readonly lock: DropLock | undefined
  private state: Check = { ok: true, text: 'not looked at yet' }

  constructor(@Inject(SETTINGS) private readonly settings: Settings, @Inject(CLOCK) clock: Clock, nibrs: NibrsImport, kcpd: KcpdImport, extracts: MappedImport, @Inject(RECORDER) recorder: Recorder, @Inject(VAULT) vault: Vault, readiness: Readiness) {
    if (settings.drop === undefined) return
    const lock = this.lock = new DropLock(settings.databaseUrl!)
    this.folder = new DropFolder({ folder: settings.drop, maxBytes: settings.maxUpload, rosterQuiet: settings.dropRosterQuiet * 1000, clock, owns: () => lock.holds(), importFile: importDropped({ nibrs, kcpd, extracts, recorder, vault, clock, failed: (error) => { this.log.error({ err: error }) } }, this.stopping.signal) })
    readiness.add('drop folder', async () => this.state)
  }

  onApplicationBootstrap(): void { if (this.folder) this.again(0) }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort()
    clearTimeout(this.timer)
    await this.looking
    await this.lock?.letGo()
  }

  private again(ms: number): void {
    this.timer = setTimeout(() => { this.looking = this.look().finally(() => { if (!this.stopping.signal.aborted) this.again(this.settings.dropInterval * 1000) }) }, ms)
  }

  private async look(): Promise<void> {
    let state: Check
    try {
      if (!await this.lock!.take()) state = { ok: true, text: 'standby: another process watches it' }
      else {
        await this.folder!.look(this.stopping.signal)
        const { waiting } = this.folder!
        // What one sender's file or folder is like keeps nobody from the rest of this service.
        state = waiting === undefined ? { ok: true, text: 'watched' } : { ok: true, warn: true, text: `watched, but ${waiting}` }
      }
    } catch (error) {
      state = { ok: false, text: error instanceof FolderUnusable ? error.message : 'cannot be looked at: the database does not answer, or a fault of ours that is in the log; tried again' }
      if (!(error instanceof FolderUnusable)) this.log.error({ err: error })
    }
    if (state.text !== this.state.text) this.log[state.ok && !state.warn ? 'log' : 'warn'](state.text)
    this.state = state
  }
}
