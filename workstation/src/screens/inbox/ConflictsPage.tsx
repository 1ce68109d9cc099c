/** The same SOP Instance UID with other bytes: both sides beside each other, and one to keep. */
import { Check, ShieldCheck } from 'lucide-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Conflict, ConflictSide } from '@/api/types.ts'
import { spaced } from '@/format/dicom_json.ts'
import { leading } from '@/format/modality.ts'
import { useFormat } from '@/format/use_format.ts'
import { useApi } from '@/session/services.tsx'
import { PatientBanner } from '@/study/PatientBanner.tsx'
import { studyOptions } from '@/study/queries.ts'
import { Button } from '@/ui/Button.tsx'
import { CopyButton } from '@/ui/CopyButton.tsx'
import { Empty } from '@/ui/Empty.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import clsx from '@/ui/clsx.ts'
import styles from './Inbox.module.css'
import { useConflicts, useResolve } from './queries.ts'

interface SideProps {
  title: string
  note: string
  side: ConflictSide
  action: string
  preferred: boolean
  onKeep: () => void
}

function Side({ title, note, side, action, preferred, onKeep }: SideProps) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <section className={clsx(styles['side'], preferred && styles['preferred'])} aria-label={title}>
      <h3>{title}</h3>
      <p className={styles['quiet']}>{note}</p>
      <dl>
        <dt>{t('conflicts.size')}</dt>
        <dd>{format.bytes(side.size)}</dd>
        <dt>{t('conflicts.digest')}</dt>
        <dd><code title={side.digest}>{side.digest.slice(0, 16)}…</code></dd>
      </dl>
      <Button kind={preferred ? 'filled' : 'plain'} icon={<Check />} onPress={onKeep}>{action}</Button>
    </section>
  )
}

/** Whose object it is, and of which study. */
function Whose({ studyUid }: { studyUid: string }) {
  const format = useFormat()
  const { data: study } = useQuery(studyOptions(useApi(), studyUid))
  return (
    <div className={styles['whose']}>
      {study && (
        <PatientBanner patient={study.patient} linked>
          <bdi>{study.description}</bdi> {leading(study.modalities).join(' ')} · {format.date(study.date)}
        </PatientBanner>
      )}
    </div>
  )
}

function ConflictCard({ conflict }: { conflict: Conflict }) {
  const { t } = useTranslation()
  const format = useFormat()
  const resolve = useResolve()
  const { tell, tellProblem } = useNotices()
  const keep = (which: 'first' | 'second') => () => resolve.mutate({ id: conflict.id, keep: which }, {
    onSuccess: () => tell(t('conflicts.resolved')), onError: tellProblem,
  })
  return (
    <article className={styles['conflict']}>
      <Whose studyUid={conflict.study_uid} />
      <header className={styles['conflictHead']}>
        <span>{t('conflicts.received', { time: format.instant(conflict.received), source: conflict.source })}</span>
        <Link to={`/view/${conflict.study_uid}`}>{t('conflicts.openStudy')}</Link>
      </header>
      <div className={styles['sides']}>
        <Side title={t('conflicts.first')} note={t('conflicts.firstNote')} side={conflict.kept} preferred action={t('conflicts.keepFirst')} onKeep={keep('first')} />
        <Side title={t('conflicts.second')} note={t('conflicts.secondNote')} side={conflict.other} preferred={false} action={t('conflicts.keepSecond')} onKeep={keep('second')} />
      </div>
      <div>
        <h3>{t('conflicts.differences')}</h3>
        {conflict.differences.length === 0 ? <p className={styles['quiet']}>{t('conflicts.onlyBytes')}</p>
          : <ul className={styles['keywords']}>{conflict.differences.map((keyword) => <li key={keyword}>{spaced(keyword)}</li>)}</ul>}
      </div>
      <p className={styles['uid']}><code>{conflict.sop_instance_uid}</code><CopyButton text={conflict.sop_instance_uid} iconOnly label={t('conflicts.copyUid')} /></p>
    </article>
  )
}

export function ConflictsPage() {
  const { t } = useTranslation()
  const list = useConflicts()
  if (list.isPending) return <QuietBar />
  if (list.isError && list.items.length === 0) return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  if (list.items.length === 0) {
    return <Empty icon={<ShieldCheck aria-hidden="true" />} title={t('conflicts.none')}><p>{t('conflicts.how')}</p></Empty>
  }
  return (
    <div className={styles['page']}>
      <p className={styles['lead']}>{t('conflicts.lead', { count: list.count })}</p>
      {list.items.map((conflict) => <ConflictCard key={conflict.id} conflict={conflict} />)}
      {list.hasNextPage && <Button isDisabled={list.isFetchingNextPage} onPress={() => void list.fetchNextPage()}>{t('action.more')}</Button>}
    </div>
  )
}
