/** One message: what was made of it, where it came from, what happened to it, and what is in it. */
import { Filter, RotateCw, Wrench, X } from 'lucide-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import type { Hl7Message } from '@/api/exchange_types.ts'
import { MessageContent } from '@/exchange/MessageContent.tsx'
import { useFormat } from '@/format/use_format.ts'
import { said } from '@/i18n/said.ts'
import { useApi } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import styles from './Messages.module.css'
import { messageOptions } from './queries.ts'
import { StateChip } from './StateChip.tsx'

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return <div className={styles['fact']}><dt>{label}</dt><dd>{children}</dd></div>
}

function Facts({ message, onOnly }: Pick<MessagePaneProps, 'message' | 'onOnly'>) {
  const { t } = useTranslation()
  const format = useFormat()
  const only = (name: 'type' | 'source', label: string) => (
    <Button kind="ghost" icon={<Filter />} aria-label={label} onPress={() => onOnly(name, message[name])} />
  )
  const way = [message.door, message.address, message.certificate].filter(Boolean).join(' · ')
  return (
    <dl className={styles['facts']}>
      <Fact label={t('messages.columns.source')}><bdi>{message.source.replace('^', ' · ')}</bdi>{message.source !== '' && only('source', t('messages.onlySource'))}</Fact>
      <Fact label={t('messages.columns.type')}>{message.type}{message.type !== '' && only('type', t('messages.onlyType'))}</Fact>
      {message.patient_id !== '' && (
        <Fact label={t('messages.columns.patient')}>
          <Link to={`/patients?${new URLSearchParams({ search: message.patient_id }).toString()}`}><bdi>{message.patient_id}</bdi></Link>
        </Fact>
      )}
      {message.accession !== '' && (
        <Fact label={t('messages.columns.accession')}>
          <Link to={`/studies?${new URLSearchParams({ accession: message.accession }).toString()}`}><bdi>{message.accession}</bdi></Link>
        </Fact>
      )}
      <Fact label={t('messages.controlId')}><code>{message.control_id}</code></Fact>
      <Fact label={t('messages.columns.received')}>{[format.instant(message.received), way, format.bytes(message.size)].join(' · ')}</Fact>
      {message.said !== null && <Fact label={t('messages.said')}>{format.instant(message.said)}</Fact>}
      {message.processed !== null && (
        <Fact label={t('messages.processed')}>
          {format.instant(message.processed)}{message.attempts > 0 && ` · ${t('messages.attempts', { count: message.attempts })}`}
        </Fact>
      )}
      {message.repeats > 0 && <Fact label={t('messages.again')}>{t('messages.repeats', { count: message.repeats })}</Fact>}
    </dl>
  )
}

export interface MessagePaneProps {
  message: Hl7Message
  onClose: () => void
  onReplay: () => void
  onOnly: (name: 'type' | 'source', value: string) => void
}

export function MessagePane({ message, onClose, onReplay, onOnly }: MessagePaneProps) {
  const { t } = useTranslation()
  const { language } = useFormat()
  const navigate = useNavigate()
  const detail = useQuery(messageOptions(useApi(), message.id, language))
  const shown = detail.data ?? message
  const waits = shown.state === 'received'
  return (
    <aside className={styles['pane']} aria-label={t('messages.one')}>
      <header className={styles['head']}>
        <div className={styles['what']}>
          <h2><StateChip state={shown.state} /> {shown.type}</h2>
          {shown.reason !== '' && (
            <p className={styles['reason']}>{shown.location !== '' && <code className={styles['place']}>{shown.location}</code>}{said(shown.reason, t)}</p>
          )}
          {shown.state === 'error' && <p className={styles['quiet']}>{t('messages.errorAdvice')}</p>}
          <div className={styles['actions']}>
            <Button kind={shown.state === 'error' ? 'filled' : 'plain'} icon={<RotateCw />} isDisabled={waits} onPress={onReplay}>
              {waits ? t('messages.waits') : t('messages.replay')}
            </Button>
            <Button icon={<Wrench />} onPress={() => void navigate(`/inbox/mapping?message=${message.id}`)}>{t('messages.correct')}</Button>
          </div>
        </div>
        <Button kind="ghost" icon={<X />} aria-label={t('action.close')} onPress={onClose} />
      </header>
      <div className={styles['body']}>
        <Facts message={shown} onOnly={onOnly} />
        {detail.isPending && <QuietBar />}
        {detail.isError && <ProblemView compact error={detail.error} onRetry={() => void detail.refetch()} />}
        {detail.data && <MessageContent key={message.id} content={detail.data} location={shown.location} />}
      </div>
    </aside>
  )
}
