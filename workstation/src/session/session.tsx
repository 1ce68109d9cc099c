/** Who works here. The session is asked for once; everything inside `SessionGate` may count on it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, useContext, useEffect, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, useLocation } from 'react-router'
import { statusOf } from '@/api/problem.ts'
import type { Action } from '@/api/sight_types.ts'
import type { Preferences, Session } from '@/api/types.ts'
import { rememberLanguage } from '@/i18n/language.ts'
import { applyTheme } from '@/theme/theme.ts'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import { useApi } from './services.tsx'

export const sessionKey = ['session'] as const

const SessionContext = createContext<Session | null>(null)

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('useSession outside SessionGate')
  return session
}

/** Whether the account may do something; the server asks the same. */
export const useMay = (action: Action): boolean => useSession().user.actions.includes(action)

/** Brings the choices of the account onto the page. */
export function useApplyPreferences(preferences: Preferences | undefined): void {
  const { i18n } = useTranslation()
  const { language, theme } = preferences ?? {}
  useEffect(() => {
    if (language) {
      rememberLanguage(language)
      if (i18n.language !== language) void i18n.changeLanguage(language)
    }
    if (theme) applyTheme(theme)
  }, [language, theme, i18n])
}

export function SessionGate({ children }: { children: ReactNode }) {
  const api = useApi()
  const location = useLocation()
  const query = useQuery({ queryKey: sessionKey, queryFn: ({ signal }) => api.session(signal), staleTime: Infinity })
  useApplyPreferences(query.data?.preferences)
  if (query.data) return <SessionContext value={query.data}>{children}</SessionContext>
  if (query.isPending) return <QuietBar />
  if (statusOf(query.error) === 401) {
    const next = location.pathname + location.search
    return <Navigate to={next === '/' ? '/login' : `/login?next=${encodeURIComponent(next)}`} replace />
  }
  return <ProblemView error={query.error} onRetry={() => void query.refetch()} />
}

/** Changes a preference at once on the page, then on the server. */
export function useSavePreferences() {
  const api = useApi()
  const client = useQueryClient()
  return useMutation({
    mutationFn: (change: Preferences) => api.savePreferences(change),
    onMutate: (change) => {
      client.setQueryData<Session>(sessionKey, (session) =>
        session && { ...session, preferences: { ...session.preferences, ...change } },
      )
    },
  })
}
