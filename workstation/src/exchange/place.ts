/** Where a fault is, out of what the server says: `PID-3`, `OBX[2]-5.1`, or as ERR-2 spells it, `PID^1^3`. */
import type { MessageSegment } from '@/api/exchange_types.ts'

export interface Place {
  segment: string
  /** Of the segments of this name, from 1. */
  occurrence: number
  /** Zero: the segment itself. */
  field: number
}

export function parsePlace(location: string): Place | null {
  const path = /^([A-Z][A-Z0-9]{2})(?:\[(\d+)\])?(?:-(\d+))?/.exec(location)
  const error = /^([A-Z][A-Z0-9]{2})\^(\d*)(?:\^(\d*))?/.exec(location)
  const found = error ?? path
  if (!found) return null
  return { segment: found[1] ?? '', occurrence: Number(found[2] ?? '') || 1, field: Number(found[3] ?? '') || 0 }
}

/** The number of the segment that is meant, in the message; null when it is not there. */
export function segmentAt(segments: readonly MessageSegment[], place: Place | null): number | null {
  if (!place) return null
  const named = segments.filter((segment) => segment.name === place.segment)
  return (named[place.occurrence - 1] ?? named[0])?.number ?? null
}
