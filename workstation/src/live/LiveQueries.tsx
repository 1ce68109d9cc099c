/** Asks again for what is shown when the server tells that something changed about it: at once, and then once a second at most. */
import { useQueryClient, type Query, type QueryClient, type QueryKey } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { subjects, useLive, type Subject } from './events.tsx'

/** The beginnings of the keys of what is asked about each subject. */
const keysOf: Record<Subject, readonly QueryKey[]> = {
  messages: [['message-summary'], ['messages'], ['message']],
  mismatches: [['mismatches'], ['reconciliation'], ['inbox-count', 'mismatches']],
  deliveries: [['destinations'], ['deliveries'], ['delivery']],
  records: [['patient'], ['reports'], ['reconciliation']],
}

const every = 1_000

/** Asking for more pages than this again, only because one row changed, would cost more than it tells. */
const pagesKeptFresh = 3

function isWorthIt({ state }: Query): boolean {
  const data = state.data as { pages?: unknown[] } | undefined
  return (data?.pages?.length ?? 0) <= pagesKeptFresh
}

const askAgain = (client: QueryClient, subject: Subject): void => {
  for (const queryKey of keysOf[subject]) void client.invalidateQueries({ queryKey, predicate: isWorthIt })
}

interface Pace {
  timer: ReturnType<typeof setTimeout>
  again: boolean
}

export function LiveQueries() {
  const client = useQueryClient()
  const paces = useRef(new Map<Subject, Pace>())
  const tell = (subject: Subject): void => {
    const pace = paces.current.get(subject)
    if (pace) {
      pace.again = true
      return
    }
    askAgain(client, subject)
    const timer = setTimeout(() => {
      const { again } = paces.current.get(subject) ?? { again: false }
      paces.current.delete(subject)
      if (again) tell(subject)
    }, every)
    paces.current.set(subject, { timer, again: false })
  }
  useLive((event) => {
    if (event.type === 'subject') tell(event.subject)
    if (event.type === 'resumed') subjects.forEach(tell)
  })
  useEffect(() => {
    const { current } = paces
    return () => {
      for (const { timer } of current.values()) clearTimeout(timer)
      current.clear()
    }
  }, [])
  return null
}
