/** Who did what: the audit trail, found by patient, account, kind and day, live. */
import { Download, ScrollText, SearchX } from 'lucide-react'
import { useCallback, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { useFormat } from '@/format/use_format.ts'
import { useKeys } from '@/keys/keys.tsx'
import { Button } from '@/ui/Button.tsx'
import { Empty } from '@/ui/Empty.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import styles from './Audit.module.css'
import { AuditBar } from './AuditBar.tsx'
import { AuditPane } from './AuditPane.tsx'
import { AuditTable } from './AuditTable.tsx'
import { auditSelection, everything, exportAddress, isNarrowed, readAuditFilters, writeAuditFilters, type AuditFilters } from './filters.ts'
import { useAuditEvents, useAuditState } from './queries.ts'

/** Whether events are recorded and arrive where they are sent to. */
function State() {
  const { t } = useTranslation()
  const format = useFormat()
  const { data } = useAuditState()
  if (!data) return <span />
  const failing = data.destinations.filter((each) => each.failed !== null)
  return (
    <span role="status" className={data.recording && failing.length === 0 ? styles['quiet'] : styles['failed']}>
      {!data.recording && t('audit.notRecording')}
      {data.recording && failing.length === 0 && t('audit.recording')}
      {failing.map((each) => ` ${t('audit.notSent', { name: each.name, waiting: format.number(each.waiting), reason: each.reason })}`)}
    </span>
  )
}

function Tools({ filters }: { filters: AuditFilters }) {
  const { t } = useTranslation()
  const { language } = useFormat()
  const log = (form: string): string => `/api/audit/patients/${encodeURIComponent(filters.patient)}/log?form=${form}&language=${language}`
  return (
    <div className={styles['tools']}>
      <State />
      {filters.patient !== '' && <a className={styles['link']} href={log('html')} target="_blank" rel="noreferrer"><ScrollText aria-hidden="true" /> {t('audit.ownLog')}</a>}
      {filters.patient !== '' && <a className={styles['link']} href={log('csv')}><Download aria-hidden="true" /> {t('audit.ownTable')}</a>}
      <a className={styles['link']} href={exportAddress(filters)}><Download aria-hidden="true" /> {t('audit.export')}</a>
    </div>
  )
}

export function AuditPage() {
  const { t } = useTranslation()
  const [parameters, setParameters] = useSearchParams()
  const filters = useMemo(() => readAuditFilters(parameters), [parameters])
  const setFilters = useCallback((next: AuditFilters) => setParameters(writeAuditFilters(next), { replace: true }), [setParameters])
  const selection = useMemo(() => auditSelection(filters), [filters])
  const list = useAuditEvents(selection)
  const { events, fetchNextPage, hasNextPage, isFetchingNextPage, isError } = list
  const [selected, setSelected] = useState<string | null>(null)
  const [open, setOpen] = useState(false)
  const searchBox = useRef<HTMLInputElement>(null)
  const index = events.findIndex((event) => event.id === selected)
  const event = events[index] ?? null
  const move = (to: number): void => setSelected(events[Math.max(0, Math.min(events.length - 1, to))]?.id ?? null)
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage()
  }, [fetchNextPage, hasNextPage, isFetchingNextPage, isError])
  useKeys(t('audit.title'), [
    { keys: ['ArrowDown', 'j'], label: t('studies.keys.down'), run: () => move(index + 1) },
    { keys: ['ArrowUp', 'k'], label: t('studies.keys.up'), run: () => move(index < 0 ? 0 : index - 1) },
    { keys: ['PageDown'], label: t('studies.keys.pageDown'), run: () => move(index + 20) },
    { keys: ['PageUp'], label: t('studies.keys.pageUp'), run: () => move(index - 20) },
    { keys: ['Home'], label: t('studies.keys.first'), run: () => move(0) },
    { keys: ['End'], label: t('studies.keys.last'), run: () => move(events.length - 1) },
    { keys: ['Enter'], label: t('audit.keys.open'), run: () => setOpen(event !== null) },
    { keys: ['f'], label: t('audit.failures'), run: () => setFilters({ ...filters, failures: !filters.failures }) },
    { keys: ['/'], label: t('studies.keys.search'), run: () => { searchBox.current?.focus(); searchBox.current?.select() } },
    { keys: ['Escape'], label: t('messages.keys.close'), run: () => setOpen(false) },
  ])
  const nothing = list.isSuccess && events.length === 0
  return (
    <div className={styles['screen']}>
      <AuditBar filters={filters} onChange={setFilters} searchBox={searchBox} onLeaveSearch={() => { searchBox.current?.blur(); if (index < 0) move(0) }} />
      <Tools filters={filters} />
      <QuietBar active={list.isPending || list.isPlaceholderData || isFetchingNextPage} />
      <div className={styles['main']}>
        {isError && events.length === 0 && <ProblemView error={list.error} onRetry={() => void list.refetch()} />}
        {nothing && (
          <Empty icon={<SearchX aria-hidden="true" />} title={t('audit.nothing')}>
            {isNarrowed(filters) && <Button onPress={() => setFilters(everything)}>{t('studies.clearAll')}</Button>}
          </Empty>
        )}
        {events.length > 0 && (
          <AuditTable events={events} selected={selected} onSelect={(id) => { setSelected(id); setOpen(true) }} onNearEnd={more}
            footer={list.isFetchNextPageError && <ProblemView compact error={list.error} onRetry={() => void fetchNextPage()} />} />
        )}
        {open && event && <AuditPane key={event.id} event={event} onClose={() => setOpen(false)} onOnlyPatient={(patient_id) => setFilters({ ...everything, patient_id })} />}
      </div>
    </div>
  )
}
