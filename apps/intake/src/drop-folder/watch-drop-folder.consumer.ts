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
  private readonly lanes: readonly Lane[] = []
  private readonly lock: DropLock | undefined

  constructor(@Inject(SETTINGS) private readonly settings: Settings, @Inject(CLOCK) clock: Clock, nibrs: NibrsImport, kcpd: KcpdImport, extracts: MappedImport, @Inject(RECORDER) recorder: Recorder, @Inject(VAULT) vault: Vault, readiness: Readiness) {
    if (settings.drop === undefined) return
    const lock = this.lock = new DropLock(settings.databaseUrl!)
    const importFile = importDropped({ nibrs, kcpd, extracts, recorder, vault, clock, failed: (error) => { this.log.error({ err: error }) } }, this.stopping.signal)
    const both = { folder: settings.drop, maxBytes: settings.maxUpload, interval: settings.dropInterval * 1000, rosterQuiet: settings.dropRosterQuiet * 1000, clock, owns: () => lock.holds(), importFile, inHand: new Set<string>() }
    this.lanes = (['hours', 'rest'] as const).map((lane) => ({ folder: new DropFolder({ ...both, lane }), looking: Promise.resolve(), state: { ok: true, text: 'not looked at yet' } }))
    readiness.add('drop folder', async () => this.state())
  }

  onApplicationBootstrap(): void { for (const lane of this.lanes) this.again(lane, 0) }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort()
    for (const { timer } of this.lanes) clearTimeout(timer)
    await Promise.all(this.lanes.map(({ looking }) => looking))
    await this.lock?.letGo()
  }

  /** What is worst, and all that is as bad. */
  private state(): Check {
    const states = this.lanes.map(({ state }) => state)
    const worst = [states.filter(({ ok }) => !ok), states.filter(({ warn }) => warn), states.slice(0, 1)].find((some) => some.length > 0)!
    return { ...worst[0]!, text: [...new Set(worst.map(({ text }) => text))].join('; ') }
  }

  private again(lane: Lane, ms: number): void {
    lane.timer = setTimeout(() => { lane.looking = this.look(lane).then((more) => { if (!this.stopping.signal.aborted) this.again(lane, more ? 0 : this.settings.dropInterval * 1000) }) }, ms)
  }

  /** @returns whether it is to look again at once */
  private async look(lane: Lane): Promise<boolean> {
    const before = this.state()
    let more = false
    try {
      if (!await this.lock!.take()) lane.state = { ok: true, text: 'standby: another process watches it' }
      else {
        more = await lane.folder.look(this.stopping.signal)
        const { waiting } = lane.folder
        // What one sender's file or folder is like keeps nobody from the rest of this service.
        lane.state = waiting === undefined ? { ok: true, text: 'watched' } : { ok: true, warn: true, text: `watched, but ${waiting}` }
      }
    } catch (error) {
      lane.state = { ok: false, text: error instanceof FolderUnusable ? error.message : 'cannot be looked at: the database does not answer, or a fault of ours that is in the log; tried again' }
      if (!(error instanceof FolderUnusable)) this.log.error({ err: error })
    }
    const now = this.state()
    if (now.text !== before.text) this.log[now.ok && !now.warn ? 'log' : 'warn'](now.text)
    return more
  }
}

/** Looks of its own, so that what takes long holds up its own lane alone. */
interface Lane { readonly folder: DropFolder; state: Check; looking: Promise<void>; timer?: NodeJS.Timeout }
