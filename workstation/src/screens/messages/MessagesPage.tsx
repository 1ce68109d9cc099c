/** The messages of other systems: found, read, and processed again. */
import { MailX, RotateCw, SearchX, Wrench } from 'lucide-react'
import { useCallback, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useSearchParams } from 'react-router'
import type { Replay } from '@/api/exchange_types.ts'
import { useFormat } from '@/format/use_format.ts'
import { useKeys } from '@/keys/keys.tsx'
import { Button } from '@/ui/Button.tsx'
import { Empty } from '@/ui/Empty.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import { everything, isNarrowed, messageSelection, readMessageFilters, writeMessageFilters, type MessageFilters } from './filters.ts'
import { MessageBar } from './MessageBar.tsx'
import { MessagePane } from './MessagePane.tsx'
import styles from './Messages.module.css'
import { MessageTable } from './MessageTable.tsx'
import { useMessages, useMessageSummary, useReplayMessages } from './queries.ts'
import { ReplayDialog } from './ReplayDialog.tsx'

interface Asked {
  replay: Replay
  count: number | null
  filter: string
}

function useFilters() {
  const [parameters, setParameters] = useSearchParams()
  const filters = useMemo(() => readMessageFilters(parameters), [parameters])
  const change = useCallback((next: MessageFilters) => setParameters(writeMessageFilters(next), { replace: true }), [setParameters])
  return [filters, change] as const
}

/** The filter in words, for the question before everything of it is processed again. */
function useSpelled(filters: MessageFilters): string {
  const { t } = useTranslation()
  const format = useFormat()
  const parts = [
    filters.state !== null && t(`messages.states.${filters.state}`), filters.type, filters.source, filters.text,
    (filters.from !== '' || filters.to !== '') && `${format.date(filters.from)} – ${format.date(filters.to)}`,
  ]
  return parts.filter(Boolean).join(' · ') || t('messages.everything')
}

export function MessagesPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [filters, setFilters] = useFilters()
  const selection = useMemo(() => messageSelection(filters), [filters])
  const list = useMessages(selection)
  const { messages, fetchNextPage, hasNextPage, isFetchingNextPage, isError } = list
  const summary = useMessageSummary()
  const again = useReplayMessages()
  const { tell, tellProblem } = useNotices()
  const [selected, setSelected] = useState<number | null>(null)
  const [open, setOpen] = useState(false)
  const [picked, setPicked] = useState<ReadonlySet<number>>(new Set())
  const [asked, setAsked] = useState<Asked | null>(null)
  const searchBox = useRef<HTMLInputElement>(null)
  const spelled = useSpelled(filters)
  const index = messages.findIndex((message) => message.id === selected)
  const message = messages[index] ?? null
  const move = (to: number): void => setSelected(messages[Math.max(0, Math.min(messages.length - 1, to))]?.id ?? null)
  const pick = (id: number): void => setPicked((ids) => (ids.has(id) ? new Set([...ids].filter((each) => each !== id)) : new Set([...ids, id])))
  const replayOne = (id: number): void => again.mutate({ ids: [id] }, {
    onSuccess: (count) => tell(count === 0 ? t('messages.replayWaits') : t('messages.replayStarted')), onError: tellProblem,
  })
  const replay = (): void => {
    if (picked.size > 0) setAsked({ replay: { ids: [...picked] }, count: picked.size, filter: '' })
    else if (message) replayOne(message.id)
  }
  const openMessage = (id: number): void => {
    setSelected(id)
    setOpen(true)
  }
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage()
  }, [fetchNextPage, hasNextPage, isFetchingNextPage, isError])
  useKeys(t('inbox.messages'), [
    { keys: ['ArrowDown', 'j'], label: t('studies.keys.down'), run: () => move(index + 1) },
    { keys: ['ArrowUp', 'k'], label: t('studies.keys.up'), run: () => move(index < 0 ? 0 : index - 1) },
    { keys: ['PageDown'], label: t('studies.keys.pageDown'), run: () => move(index + 20) },
    { keys: ['PageUp'], label: t('studies.keys.pageUp'), run: () => move(index - 20) },
    { keys: ['Home'], label: t('studies.keys.first'), run: () => move(0) },
    { keys: ['End'], label: t('studies.keys.last'), run: () => move(messages.length - 1) },
    { keys: ['Enter'], label: t('messages.keys.open'), run: () => { if (message) openMessage(message.id) } },
    { keys: [' ', 'x'], label: t('messages.keys.pick'), run: () => { if (message) pick(message.id) } },
    { keys: ['r'], label: t('messages.keys.replay'), run: replay },
    { keys: ['m'], label: t('messages.correct'), run: () => { if (message) void navigate(`/inbox/mapping?message=${message.id}`) } },
    { keys: ['/'], label: t('studies.keys.search'), run: () => { searchBox.current?.focus(); searchBox.current?.select() } },
    { keys: ['Escape'], label: t('messages.keys.close'), run: () => { if (open) setOpen(false); else setPicked(new Set()) } },
  ])
  const nothing = list.isSuccess && messages.length === 0
  const shown = open && message !== null
  return (
    <div className={styles['screen']}>
      <MessageBar filters={filters} onChange={setFilters} summary={summary.data} searchBox={searchBox}
        onLeaveSearch={() => { searchBox.current?.blur(); if (index < 0) move(0) }} />
      <div className={styles['tools']}>
        <span role="status" className={styles['quiet']}>{picked.size > 0 && t('messages.picked', { count: picked.size })}</span>
        {picked.size > 0 && <Button kind="filled" icon={<RotateCw />} onPress={replay}>{t('messages.replayPicked', { count: picked.size })}</Button>}
        <Button icon={<RotateCw />} isDisabled={messages.length === 0} onPress={() => setAsked({ replay: { selection }, count: null, filter: spelled })}>{t('messages.replayAll')}</Button>
        <Button icon={<Wrench />} onPress={() => void navigate('/inbox/mapping')}>{t('messages.mappings')}</Button>
      </div>
      <QuietBar active={list.isPending || list.isPlaceholderData || isFetchingNextPage} />
      <div className={styles['main']}>
        {isError && messages.length === 0 && <ProblemView error={list.error} onRetry={() => void list.refetch()} />}
        {nothing && isNarrowed(filters) && (
          <Empty icon={<SearchX aria-hidden="true" />} title={t('messages.nothingFound')}>
            <p>{t('messages.nothingFoundHow')}</p>
            <Button onPress={() => setFilters(everything)}>{t('studies.clearAll')}</Button>
          </Empty>
        )}
        {nothing && !isNarrowed(filters) && <Empty icon={<MailX aria-hidden="true" />} title={t('messages.none')}><p>{t('messages.how')}</p></Empty>}
        {messages.length > 0 && (
          <MessageTable messages={messages} selected={selected} picked={picked} isNarrow={shown} onSelect={openMessage} onOpen={openMessage} onPick={pick} onNearEnd={more}
            footer={list.isFetchNextPageError && <ProblemView compact error={list.error} onRetry={() => void fetchNextPage()} />} />
        )}
        {shown && (
          <MessagePane key={message.id} message={message} onClose={() => setOpen(false)} onReplay={() => replayOne(message.id)}
            onOnly={(name, value) => setFilters({ ...filters, [name]: value })} />
        )}
      </div>
      {asked && <ReplayDialog {...asked} onClose={() => { setAsked(null); setPicked(new Set()) }} />}
    </div>
  )
}
