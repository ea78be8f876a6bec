/** Where a command's words go: data to stdout, everything said to people to stderr; colour and movement only on a terminal. */
import type { Writable } from 'node:stream'

export interface Terminal { readonly stdout: Writable & { isTTY?: boolean; columns?: number }; readonly stderr: Writable & { isTTY?: boolean; columns?: number }; readonly env: NodeJS.ProcessEnv }
export interface OutputOptions { readonly json?: boolean; readonly quiet?: boolean; /** commander's --no-color */ readonly color?: boolean }
export interface Progress { readonly done: number; readonly total?: number | undefined; readonly errors?: number; readonly unit?: string }
/** Reads milliseconds that only ever grow; for rates and for how often a line is printed. */
export type Stopwatch = () => number

/** Where nobody watches, one plain line every so many ms. */
const PLAIN_EVERY = 5000
const REDRAW_EVERY = 100

export class Output {
  readonly colored: boolean
  private readonly moves: boolean
  private drawn = false
  private startedAt: number | undefined
  private lastAt = -Infinity
  private lastDone: number | undefined

  constructor(private readonly terminal: Terminal, readonly options: OutputOptions, private readonly watch: Stopwatch) {
    const { env, stderr } = terminal
    this.moves = stderr.isTTY === true && env.TERM !== 'dumb' && !options.quiet
    this.colored = stderr.isTTY === true && options.color !== false && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb'
  }

  get json(): boolean { return this.options.json === true }

  /** Data: the result itself. In --json one object that names its schema (`chorus.token/1`), else the lines. For many records call it once each: NDJSON. */
  data(schema: string, object: object, lines: readonly string[]): void {
    this.clear()
    this.terminal.stdout.write(this.json ? `${JSON.stringify({ schema: `chorus.${schema}`, ...object })}\n` : lines.length ? `${lines.join('\n')}\n` : '')
  }
  /** What happens, for people; not with --quiet. */
  say(line: string): void { if (!this.options.quiet) this.message(line) }
  /** What to try next: the last line of a command; not with --quiet or --json. */
  next(...commands: readonly string[]): void { if (!this.json) for (const command of commands) this.say(`${this.paint('2', 'next:')} ${command}`) }
  /** Warnings and errors: always. They stay above the progress line. */
  warn(line: string): void { this.message(this.paint('33', line)) }
  error(line: string): void { this.message(this.paint('31', line)) }
  /** The environment line that nobody may overlook. */
  production(): void { this.message(this.paint('1;41;97', ' PRODUCTION ')) }

  /** A state of long work: one line redrawn on a terminal, else a plain line every 5 s. */
  progress(label: string, state: Progress): void {
    if (this.options.quiet) return
    const now = this.watch()
    this.startedAt ??= now
    if (now - this.lastAt < (this.moves ? REDRAW_EVERY : PLAIN_EVERY)) return
    if (!this.moves && this.lastDone === undefined && now - this.startedAt < PLAIN_EVERY) return
    this.lastAt = now
    this.lastDone = state.done
    const line = `${label}  ${progressText(state, now - this.startedAt)}`
    if (!this.moves) { this.terminal.stderr.write(`${line}\n`); return }
    this.terminal.stderr.write(`\r\x1b[2K${line.slice(0, (this.terminal.stderr.columns ?? 80) - 1)}`)
    this.drawn = true
  }
  /** Ends the progress line; the next progress is a new piece of work. */
  progressDone(): void { this.clear(); this.startedAt = undefined; this.lastAt = -Infinity; this.lastDone = undefined }

  private message(line: string): void { this.clear(); this.terminal.stderr.write(`${line}\n`) }
  private clear(): void { if (this.drawn) { this.terminal.stderr.write('\r\x1b[2K'); this.drawn = false } }
  private paint(code: string, text: string): string { return this.colored ? `\x1b[${code}m${text}\x1b[0m` : text }
}

const number = (value: number): string => Math.round(value).toLocaleString('en-US')
const duration = (seconds: number): string => seconds < 60 ? `${Math.ceil(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.ceil(seconds % 60)} s`

/** `done/total  rate/s  ETA  errors`, as far as known. `elapsed` in ms. */
export const progressText = ({ done, total, errors, unit }: Progress, elapsed: number): string => {
  const rate = elapsed > 0 ? done / (elapsed / 1000) : 0
  return [
    `${number(done)}${total === undefined ? '' : `/${number(total)}`}${unit ? ` ${unit}` : ''}`,
    ...(rate > 0 ? [`${number(rate)}/s`] : []),
    ...(rate > 0 && total !== undefined && done < total ? [`${duration((total - done) / rate)} left`] : []),
    ...(errors === undefined ? [] : [`${number(errors)} errors`]),
  ].join('  ')
}
