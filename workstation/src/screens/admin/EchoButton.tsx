/** Asks a remote application entity whether it answers (C-ECHO), and says what came back. */
import { CircleAlert, CircleCheck, Radio } from 'lucide-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { EchoResult } from '@/api/types.ts'
import { said } from '@/i18n/said.ts'
import { Button } from '@/ui/Button.tsx'
import { explain } from '@/ui/ProblemView.tsx'
import styles from './Admin.module.css'

export function EchoButton({ echo, disabled = false }: { echo: () => Promise<EchoResult>; disabled?: boolean }) {
  const { t } = useTranslation()
  const test = useMutation({ mutationFn: echo })
  const answer = test.data
  return (
    <span className={styles['echo']}>
      <Button icon={<Radio />} isDisabled={disabled || test.isPending} onPress={() => test.mutate()}>
        {test.isPending ? t('ae.echoing') : t('ae.echo')}
      </Button>
      <span role="status">
        {answer?.ok === true && (
          <span className={styles['good']}><CircleCheck aria-hidden="true" />{t('ae.answered', { milliseconds: Math.round(answer.milliseconds) })}</span>
        )}
        {answer?.ok === false && <span className={styles['bad']}><CircleAlert aria-hidden="true" />{said(answer.message, t)}</span>}
        {test.isError && <span className={styles['bad']}><CircleAlert aria-hidden="true" />{explain(test.error, t).advice}</span>}
      </span>
    </span>
  )
}
