/**
 * The queue of uploads. Lives outside the screens, so it goes on whatever is shown; three files travel at a time.
 * What failed is kept, with the file, so that it can be sent again.
 */
import { ProblemError, UnreachableError, type ProblemDetails } from '@/api/problem.ts'
import type { Outcome, UploadLine } from '@/api/types.ts'
import { AbortedError, type Send, type Sending } from './send.ts'
import type { FoundFile } from './walk.ts'

export type Failure = { reason: 'unreachable' } | { reason: 'unreadable' } | { reason: 'answer'; problem: ProblemDetails }

export type ResultLine =
  | { key: number; kind: 'object'; file: string; line: UploadLine }
  | { key: number; kind: 'failure'; file: string; failure: Failure }

export interface UploadState {
  active: boolean
  scanning: boolean
  /** The server wants a login first. */
  waiting: boolean
  files: { found: number; finished: number; failed: number }
  bytes: { known: number; sent: number }
  /** Bytes in a second, smoothed; nought until known. */
  speed: number
  totals: Record<Outcome, number>
  studies: readonly string[]
  results: readonly ResultLine[]
  running: readonly { path: string; size: number; sent: number }[]
  cancelled: boolean
}

interface Running {
  found: FoundFile
  size: number
  sent: number
  sending: Sending | null
}

const parallel = 3
/** Files found ahead of those that travel. */
const lookahead = 20_000
/** Stored objects shown by name; the totals count all of them. */
const shownResults = 20_000
const noTotals: Record<Outcome, number> = { stored: 0, duplicate: 0, conflict: 0, quarantined: 0, refused: 0, skipped: 0 }

const nothingYet: UploadState = {
  active: false, scanning: false, waiting: false, files: { found: 0, finished: 0, failed: 0 }, bytes: { known: 0, sent: 0 },
  speed: 0, totals: noTotals, studies: [], results: [], running: [], cancelled: false,
}

export class UploadQueue {
  private state = nothingYet
  private readonly listeners = new Set<() => void>()
  private readonly sources: AsyncGenerator<FoundFile>[] = []
  private pending: FoundFile[] = []
  private failed: FoundFile[] = []
  private readonly running = new Set<Running>()
  private readonly studies = new Set<string>()
  /** Grows in place; listeners get copies. */
  private lines: ResultLine[] = []
  private finishedBytes = 0
  private nextKey = 1
  private scanning = false
  private measured: { at: number; sent: number } | null = null
  private announced = false

  constructor(
    private readonly send: Send,
    private readonly onUnauthorized: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly snapshot = (): UploadState => this.state

  readonly add = (source: AsyncGenerator<FoundFile>): void => {
    if (!this.state.active) this.reset()
    this.sources.push(source)
    this.change({ active: true, scanning: true, cancelled: false })
    void this.scan()
  }

  readonly retryFailed = (): void => {
    this.pending.push(...this.failed)
    const again = this.failed.length
    this.failed = []
    this.lines = this.lines.filter((line) => line.kind === 'object')
    const { found, finished } = this.state.files
    this.change({
      active: again > 0, cancelled: false, files: { found, finished: finished - again, failed: 0 },
    })
    this.fill()
  }

  readonly cancel = (): void => {
    this.sources.length = 0
    this.pending = []
    this.change({ cancelled: true, waiting: false, scanning: false })
    for (const each of this.running) each.sending?.abort()
    this.settle()
  }

  /** Somebody has logged in again. */
  readonly resume = (): void => {
    if (!this.state.waiting) return
    this.change({ waiting: false })
    this.fill()
  }

  readonly clear = (): void => {
    if (!this.state.active) this.reset()
  }

  private reset(): void {
    this.failed = []
    this.lines = []
    this.studies.clear()
    this.finishedBytes = 0
    this.measured = null
    this.change(nothingYet)
  }

  /** Looks ahead, so that the amount of work can be told, but not so far that it fills the memory. */
  private async scan(): Promise<void> {
    if (this.scanning) return
    this.scanning = true
    for (let source = this.sources[0]; source && this.pending.length < lookahead; source = this.sources[0]) {
      const found = await this.pull(source)
      if (found && !this.state.cancelled) {
        this.pending.push(found)
        this.change({ files: { ...this.state.files, found: this.state.files.found + 1 } })
      } else if (this.sources[0] === source) this.sources.shift()
      this.fill()
    }
    this.scanning = false
    this.change({ scanning: this.sources.length > 0 })
    this.settle()
  }

  private async pull(source: AsyncGenerator<FoundFile>): Promise<FoundFile | null> {
    try {
      const step = await source.next()
      return step.done === true ? null : step.value
    } catch {
      // A folder that cannot be listed ends its walk; what was found before it is sent all the same.
      this.lines.push({ key: this.nextKey++, kind: 'failure', file: '', failure: { reason: 'unreadable' } })
      this.change({})
      return null
    }
  }

  private fill(): void {
    while (this.running.size < parallel && !this.state.waiting && !this.state.cancelled) {
      const found = this.pending.shift()
      if (!found) break
      void this.run(found)
    }
    if (this.sources.length > 0 && this.pending.length < lookahead / 2) void this.scan()
  }

  private async run(found: FoundFile): Promise<void> {
    const run: Running = { found, size: 0, sent: 0, sending: null }
    this.running.add(run)
    try {
      const file = await this.open(found)
      if (file && !this.state.cancelled) await this.transfer(run, file)
    } finally {
      this.running.delete(run)
      this.finishedBytes += run.sent
      this.publish()
      this.fill()
      this.settle()
    }
  }

  private async open(found: FoundFile): Promise<File | null> {
    try {
      return await found.open()
    } catch {
      // The file went away or may not be read (the browser does not say which).
      this.fail(found, { reason: 'unreadable' })
      return null
    }
  }

  private async transfer(run: Running, file: File): Promise<void> {
    run.size = file.size
    this.change({ bytes: { ...this.state.bytes, known: this.state.bytes.known + file.size } })
    run.sending = this.send(file, run.found.path, {
      onSent: (bytes) => {
        run.sent = Math.min(bytes, file.size)
        this.publish()
      },
      onLine: (line) => this.take(run.found.path, line),
    })
    try {
      await run.sending.done
      this.change({ files: { ...this.state.files, finished: this.state.files.finished + 1 } })
    } catch (error) {
      this.unsent(run, file)
      this.explain(run.found, error)
    }
  }

  private unsent(run: Running, file: File): void {
    run.sent = 0
    this.change({ bytes: { ...this.state.bytes, known: this.state.bytes.known - file.size } })
  }

  private explain(found: FoundFile, error: unknown): void {
    if (error instanceof AbortedError) return
    if (error instanceof ProblemError && error.problem.status === 401) {
      this.pending.unshift(found)
      this.change({ waiting: true })
      this.onUnauthorized()
      return
    }
    if (error instanceof ProblemError) this.fail(found, { reason: 'answer', problem: error.problem })
    else if (error instanceof UnreachableError) this.fail(found, { reason: 'unreachable' })
    else throw error
  }

  private fail(found: FoundFile, failure: Failure): void {
    this.failed.push(found)
    const { finished, failed } = this.state.files
    this.lines.push({ key: this.nextKey++, kind: 'failure', file: found.path, failure })
    this.change({ files: { ...this.state.files, finished: finished + 1, failed: failed + 1 } })
  }

  private take(file: string, line: UploadLine): void {
    if (line.study_uid !== null && line.outcome !== 'quarantined' && line.outcome !== 'refused') this.studies.add(line.study_uid)
    const totals = { ...this.state.totals, [line.outcome]: this.state.totals[line.outcome] + 1 }
    const quiet = line.outcome === 'stored' || line.outcome === 'duplicate'
    if (!quiet || totals.stored + totals.duplicate <= shownResults) {
      this.lines.push({ key: this.nextKey++, kind: 'object', file, line })
    }
    this.change({ totals })
  }

  private settle(): void {
    const busy = this.running.size > 0 || this.scanning || this.sources.length > 0 || this.pending.length > 0
    if (!busy && this.state.active) this.change({ active: false, scanning: false })
  }

  private measure(sent: number): number {
    const at = this.now()
    if (!this.measured) {
      this.measured = { at, sent }
      return this.state.speed
    }
    const elapsed = (at - this.measured.at) / 1000
    if (elapsed < 0.5) return this.state.speed
    const current = Math.max(0, sent - this.measured.sent) / elapsed
    this.measured = { at, sent }
    return this.state.speed === 0 ? current : this.state.speed * 0.7 + current * 0.3
  }

  private publish(): void {
    let sent = this.finishedBytes
    for (const each of this.running) sent += each.sent
    this.change({
      bytes: { ...this.state.bytes, sent },
      speed: this.measure(sent),
      running: [...this.running].map(({ found, size, sent: part }) => ({ path: found.path, size, sent: part })),
    })
  }

  /** Listeners hear of changes once per turn of the event loop, however many lines a ZIP answers with. */
  private change(part: Partial<UploadState>): void {
    this.state = { ...this.state, ...part }
    if (this.announced) return
    this.announced = true
    setTimeout(() => {
      this.announced = false
      this.state = { ...this.state, studies: [...this.studies], results: [...this.lines] }
      for (const listener of this.listeners) listener()
    }, 0)
  }
}
