/** Asks before many messages are processed again, and shows how far it has come. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Replay } from '@/api/exchange_types.ts'
import { useFormat } from '@/format/use_format.ts'
import { useApi } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import { Dialog, DialogActions } from '@/ui/Overlay.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { ProgressBar } from '@/ui/QuietBar.tsx'
import styles from './Messages.module.css'
import { summaryOptions, useReplayMessages } from './queries.ts'

/** Milliseconds between two looks while it runs, beside those that events ask for. */
const watching = 5_000

function Progress({ total }: { total: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [highest, setHighest] = useState(0)
  const summary = useQuery({ ...summaryOptions(useApi()), refetchInterval: watching })
  const left = summary.data?.states.find((each) => each.state === 'received')?.count ?? total
  // What comes in meanwhile waits too; the bar never goes back.
  const done = Math.max(highest, Math.min(total, total - left))
  if (done > highest) setHighest(done)
  return (
    <>
      <ProgressBar value={total === 0 ? 1 : done / total} label={t('messages.replaying')} />
      <p role="status">{left === 0 ? t('messages.replayDone', { count: total, shown: format.number(total) }) : t('messages.replayLeft', { count: left, shown: format.number(left) })}</p>
    </>
  )
}

export interface ReplayDialogProps {
  replay: Replay
  /** How many there are; null when nobody has counted. */
  count: number | null
  /** What restricts the messages, in words. */
  filter: string
  onClose: () => void
}

export function ReplayDialog({ replay, count, filter, onClose }: ReplayDialogProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const run = useReplayMessages()
  const question = count === null ? t('messages.replayAllQuestion', { filter }) : t('messages.replayQuestion', { count, shown: format.number(count) })
  return (
    <Dialog title={t('messages.replayTitle')} open onClose={onClose}>
      <div className={styles['dialog']}>
        {run.isSuccess ? <Progress total={run.data} /> : <p>{question}</p>}
        {!run.isSuccess && <p className={styles['quiet']}>{t('messages.replayNote')}</p>}
        {run.isError && <ProblemView compact error={run.error} />}
      </div>
      <DialogActions>
        <Button onPress={onClose}>{run.isSuccess ? t('action.close') : t('action.cancel')}</Button>
        {!run.isSuccess && <Button kind="filled" isDisabled={run.isPending} onPress={() => run.mutate(replay)}>{t('messages.replay')}</Button>}
      </DialogActions>
    </Dialog>
  )
}
