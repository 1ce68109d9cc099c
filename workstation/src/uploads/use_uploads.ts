/** The queue's state for components, and what follows from it. */
import { useSyncExternalStore } from 'react'
import { useUploadQueue } from '@/session/services.tsx'
import type { UploadState } from './queue.ts'

export function useUploads(): UploadState {
  const queue = useUploadQueue()
  return useSyncExternalStore(queue.subscribe, queue.snapshot)
}

/** Seconds to go; null while that cannot be said. Files not yet opened count as the average of those that are. */
export function secondsLeft(state: UploadState): number | null {
  if (state.scanning || state.speed <= 0) return null
  const { found, finished } = state.files
  const opened = finished + state.running.length
  if (opened === 0) return null
  const ahead = Math.max(0, found - opened) * (state.bytes.known / opened)
  return (state.bytes.known - state.bytes.sent + ahead) / state.speed
}

/** From 0 to 1, by files: their sizes are known only as they are opened. */
export function progressOf(state: UploadState): number {
  if (state.files.found === 0) return 0
  const partly = state.running.reduce((sum, each) => sum + (each.size > 0 ? each.sent / each.size : 0), 0)
  return Math.min(1, (state.files.finished + partly) / state.files.found)
}
