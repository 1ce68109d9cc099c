/** Which patients were opened in an emergency, kept for as long as the tab is open: the server tells their end when they are opened. */
import type { Emergency } from '@/api/sight_types.ts'

const spot = (user: string, patient: string): string => `emergency ${user} ${patient}`

export function rememberEnd(user: string, { patient, until }: Emergency): void {
  sessionStorage.setItem(spot(user, patient), until)
}

export function endOf(user: string, patient: string, now = Date.now()): string | null {
  const until = sessionStorage.getItem(spot(user, patient))
  if (until === null || Date.parse(until) > now) return until
  sessionStorage.removeItem(spot(user, patient))
  return null
}
