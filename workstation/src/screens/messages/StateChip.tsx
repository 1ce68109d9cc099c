/** What became of a message: a sign, a word and a colour. */
import { CircleAlert, CircleCheck, CircleSlash, Clock, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { MessageState } from '@/api/exchange_types.ts'
import clsx from '@/ui/clsx.ts'
import styles from './Messages.module.css'

const signs = { received: Clock, processed: CircleCheck, warning: TriangleAlert, error: CircleAlert, ignored: CircleSlash }

export function StateChip({ state }: { state: MessageState }) {
  const { t } = useTranslation()
  const Sign = signs[state]
  return <span className={clsx(styles['state'], styles[state])}><Sign aria-hidden="true" />{t(`messages.states.${state}`)}</span>
}
