/** Exactly what a decision changes, and why it is made: the last look before it holds. */
import { ArrowRight } from 'lucide-react'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Choice, StudyReconciliation } from '@/api/reconciliation_types.ts'
import { pairLines } from '@/format/dicom_json.ts'
import { Button } from '@/ui/Button.tsx'
import { TextField } from '@/ui/Field.tsx'
import { Dialog, DialogActions } from '@/ui/Overlay.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import styles from './Reconciliation.module.css'
import { useDecide, usePreview } from './queries.ts'

function Changes({ uid, choice }: { uid: string; choice: Choice }) {
  const { t } = useTranslation()
  const preview = usePreview(uid, choice)
  if (preview.isPending) return <QuietBar />
  if (preview.isError) return <ProblemView compact error={preview.error} onRetry={() => void preview.refetch()} />
  const lines = pairLines(preview.data.before, preview.data.after, preview.data.keywords).filter((line) => line.before !== line.after)
  if (lines.length === 0) return <p className={styles['quiet']}>{t('reconciliation.noChange')}</p>
  return (
    <table className={styles['changes']} aria-label={t('reconciliation.changes')}>
      <thead>
        <tr><th scope="col">{t('mapping.attribute')}</th><th scope="col">{t('reconciliation.before')}</th><th><span className="visually-hidden">→</span></th><th scope="col">{t('reconciliation.after')}</th></tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.label}>
            <td className={styles['quiet']}>{line.label}</td>
            <td><bdi>{line.before || '–'}</bdi></td>
            <td><ArrowRight aria-hidden="true" /></td>
            <td className={styles['strong']}><bdi>{line.after || '–'}</bdi></td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

export interface DecisionDialogProps {
  uid: string
  choice: Choice
  title: string
  onClose: () => void
  onDone: (study: StudyReconciliation) => void
}

export function DecisionDialog({ uid, choice, title, onClose, onDone }: DecisionDialogProps) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const decide = useDecide()
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    decide.mutate({ uid, choice, reason: reason.trim() }, { onSuccess: onDone })
  }
  return (
    <Dialog title={title} open wide onClose={onClose}>
      <form className={styles['form']} onSubmit={submit}>
        <Changes uid={uid} choice={choice} />
        {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the dialog asks for nothing else */}
        <TextField autoFocus label={t('reconciliation.reason')} hint={t('reconciliation.reasonHint')} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
        {decide.isError && <ProblemView compact error={decide.error} />}
        <DialogActions>
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" kind="filled" isDisabled={decide.isPending}>{t(`reconciliation.decide.${choice.decision}`)}</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
