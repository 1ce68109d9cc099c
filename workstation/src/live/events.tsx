/**
 * Live updates. One event stream per visible page: browsers allow six connections to a host, so a page in the
 * background gives its own back and catches up when it is seen again.
 */
import { createContext, useContext, useEffect, useMemo, useRef, type ReactNode } from 'react'
import type { StudyEvent } from '@/api/types.ts'

/** What is told to have changed, without saying what changed about it. */
export const subjects = ['messages', 'mismatches', 'deliveries', 'records'] as const
export type Subject = (typeof subjects)[number]

/** Milliseconds after which what events tell of is asked for all the same: if the stream is broken, or says nothing of a change. */
export const withoutEvents = 60_000

export type LiveEvent =
  | { type: 'study'; study: StudyEvent }
  | { type: 'quarantine'; count: number }
  | { type: 'subject'; subject: Subject }
  /** Events may have been missed: what is shown should be asked for again. */
  | { type: 'resumed' }

type Listener = (event: LiveEvent) => void

const LiveContext = createContext<Set<Listener> | null>(null)

function parse(text: unknown): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(String(text))
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function studyEvent(text: unknown): LiveEvent | null {
  const value = parse(text)
  const [uid, kind] = [value?.['uid'], value?.['kind']]
  if (typeof uid !== 'string' || (kind !== 'new' && kind !== 'changed' && kind !== 'deleted')) return null
  return { type: 'study', study: { uid, kind } }
}

function quarantineEvent(text: unknown): LiveEvent | null {
  const count = parse(text)?.['count']
  return typeof count === 'number' ? { type: 'quarantine', count } : null
}

function subjectEvent(text: unknown): LiveEvent | null {
  const told = parse(text)?.['subject']
  const subject = subjects.find((each) => each === told)
  return subject ? { type: 'subject', subject } : null
}

interface StreamHooks {
  tell: (event: LiveEvent) => void
  onOpen: () => void
  onLost: () => void
}

function openStream({ tell, onOpen, onLost }: StreamHooks): EventSource {
  const source = new EventSource('/api/events')
  const on = (name: string, read: (text: unknown) => LiveEvent | null) =>
    source.addEventListener(name, (message: MessageEvent<unknown>) => {
      const event = read(message.data)
      if (event) tell(event)
    })
  on('study', studyEvent)
  on('quarantine', quarantineEvent)
  on('subject', subjectEvent)
  source.addEventListener('open', onOpen)
  source.addEventListener('error', onLost)
  return source
}

const firstRetry = 1_000
const longestRetry = 15_000

/** `paused`: nothing is listened to, as behind a locked screen. */
export function LiveProvider({ paused = false, children }: { paused?: boolean; children: ReactNode }) {
  const wasPaused = useRef(false)
  const listeners = useMemo(() => new Set<Listener>(), [])
  useEffect(() => {
    if (typeof EventSource === 'undefined') return
    if (paused) {
      wasPaused.current = true
      return
    }
    let source: EventSource | null = null
    let timer: ReturnType<typeof setTimeout> | undefined
    let wait = firstRetry
    let missed = wasPaused.current
    wasPaused.current = false
    const tell = (event: LiveEvent): void => listeners.forEach((listener) => listener(event))
    const close = (): void => {
      clearTimeout(timer)
      source?.close()
      source = null
    }
    const onOpen = (): void => {
      wait = firstRetry
      if (missed) tell({ type: 'resumed' })
      missed = false
    }
    const onLost = (): void => {
      missed = true
      // A browser tries again by itself unless the answer was an error; then it is ours to do.
      if (source?.readyState !== EventSource.CLOSED) return
      clearTimeout(timer)
      timer = setTimeout(open, wait)
      wait = Math.min(wait * 2, longestRetry)
    }
    const open = (): void => {
      close()
      source = openStream({ tell, onOpen, onLost })
    }
    const onVisibility = (): void => {
      if (document.hidden) {
        missed = true
        close()
      } else if (source === null) open()
    }
    if (!document.hidden) open()
    document.addEventListener('visibilitychange', onVisibility)
    return () => {
      close()
      document.removeEventListener('visibilitychange', onVisibility)
    }
  }, [listeners, paused])
  return <LiveContext value={listeners}>{children}</LiveContext>
}

export function useLive(listener: Listener): void {
  const listeners = useContext(LiveContext)
  const latest = useRef(listener)
  useEffect(() => {
    latest.current = listener
  })
  useEffect(() => {
    if (!listeners) return
    const call: Listener = (event) => latest.current(event)
    listeners.add(call)
    return () => {
      listeners.delete(call)
    }
  }, [listeners])
}
