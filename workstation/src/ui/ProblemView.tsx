/** An error as a person needs it: what happened, what to do now, and the reference for support. */
import { CircleAlert, RotateCw } from 'lucide-react'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { ProblemError, statusOf, UnreachableError } from '@/api/problem.ts'
import { said } from '@/i18n/said.ts'
import { Button } from './Button.tsx'
import clsx from './clsx.ts'
import { CopyButton } from './CopyButton.tsx'
import styles from './ProblemView.module.css'

export interface Explanation {
  title: string
  advice: string
  reference: string
}

const known = [400, 403, 404, 409, 413, 422, 429, 503, 507] as const
type Known = (typeof known)[number]
const isKnown = (status: number): status is Known => (known as readonly number[]).includes(status)

export function explain(error: unknown, t: TFunction): Explanation {
  if (error instanceof UnreachableError) {
    return { title: t('problem.unreachable.title'), advice: t('problem.unreachable.advice'), reference: '' }
  }
  if (!(error instanceof ProblemError)) {
    return { title: t('problem.page.title'), advice: t('problem.page.advice'), reference: '' }
  }
  const { status, detail, reference } = error.problem
  const kind = isKnown(status) ? (`${status}` as const) : status >= 500 ? 'server' : 'refused'
  return {
    title: t(`problem.${kind}.title`),
    advice: detail !== '' ? said(detail, t) : t(`problem.${kind}.advice`),
    reference,
  }
}

export interface ProblemViewProps {
  error: unknown
  onRetry?: () => void
  /** One line instead of a whole panel. */
  compact?: boolean
}

export function ProblemView({ error, onRetry, compact = false }: ProblemViewProps) {
  const { t } = useTranslation()
  const { title, advice, reference } = explain(error, t)
  // The session ended: the login over the screen says so, and everything is asked for again after it.
  if (statusOf(error) === 401) return null
  return (
    <div className={clsx(styles['problem'], compact && styles['compact'])} role="alert">
      <CircleAlert className={styles['icon']} aria-hidden="true" />
      <div className={styles['text']}>
        <p className={styles['title']}>{title}</p>
        <p>{advice}</p>
        {reference !== '' && (
          <p className={styles['reference']}>
            {t('problem.reference')} <code>{reference}</code> <CopyButton text={reference} iconOnly label={t('problem.copyReference')} />
          </p>
        )}
      </div>
      {onRetry && <Button icon={<RotateCw />} onPress={onRetry}>{t('action.retry')}</Button>}
    </div>
  )
}
