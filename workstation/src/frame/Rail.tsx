/** The left rail: where one can go. */
import { Inbox, LayoutList, Settings, Users } from 'lucide-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { NavLink } from 'react-router'
import type { MessageSummary } from '@/api/exchange_types.ts'
import { useLive, withoutEvents } from '@/live/events.tsx'
import { summaryOptions } from '@/screens/messages/queries.ts'
import { useApi } from '@/session/services.tsx'
import { useMay } from '@/session/session.tsx'
import styles from './Frame.module.css'

/** How many things wait for somebody: in quarantine, in two versions, studies that do not fit, messages in error. */
const errorCount = (summary: MessageSummary): number => summary.states.find(({ state }) => state === 'error')?.count ?? 0

function useInboxCount(enabled: boolean): number {
  const api = useApi()
  const client = useQueryClient()
  const key = ['inbox-count', 'quarantine']
  const quarantine = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => (await api.quarantine(null, signal, 1)).count,
    staleTime: 60_000,
    enabled,
  })
  const conflicts = useQuery({
    queryKey: ['inbox-count', 'conflicts'],
    queryFn: async ({ signal }) => (await api.conflicts(null, signal, 1)).count,
    refetchInterval: 60_000,
    enabled,
  })
  const mismatches = useQuery({
    queryKey: ['inbox-count', 'mismatches'],
    queryFn: async ({ signal }) => (await api.mismatches(null, 'open', null, signal, 1)).count,
    refetchInterval: withoutEvents,
    enabled,
  })
  const errors = useQuery({ ...summaryOptions(api), enabled, select: errorCount })
  useLive((event) => {
    if (!enabled || event.type === 'study' || event.type === 'subject') return
    if (event.type === 'quarantine') client.setQueryData(key, event.count)
    void client.invalidateQueries({ queryKey: ['quarantine'] })
  })
  return (quarantine.data ?? 0) + (conflicts.data ?? 0) + (mismatches.data ?? 0) + (errors.data ?? 0)
}

function Item({ to, icon, label, badge = 0 }: { to: string; icon: ReactNode; label: string; badge?: number }) {
  const { t } = useTranslation()
  return (
    <NavLink to={to} className={styles['item'] ?? ''} title={label} aria-label={badge > 0 ? t('rail.waiting', { label, count: badge }) : label}>
      {icon}
      <span className={styles['label']}>{label}</span>
      {badge > 0 && <span className={styles['badge']}>{badge > 99 ? '99+' : badge}</span>}
    </NavLink>
  )
}

export function Rail() {
  const { t } = useTranslation()
  const read = useMay('read')
  const care = useMay('care')
  const store = useMay('store')
  const administer = useMay('administer')
  const audit = useMay('audit')
  const waiting = useInboxCount(care)
  return (
    <nav className={styles['rail']} aria-label={t('rail.title')}>
      {read && <Item to="/studies" icon={<LayoutList aria-hidden="true" />} label={t('rail.studies')} />}
      {read && <Item to="/patients" icon={<Users aria-hidden="true" />} label={t('rail.patients')} />}
      {(care || store) && <Item to="/inbox" icon={<Inbox aria-hidden="true" />} label={t('rail.inbox')} badge={waiting} />}
      {(administer || care || audit) && <Item to="/admin" icon={<Settings aria-hidden="true" />} label={t('rail.admin')} />}
    </nav>
  )
}
