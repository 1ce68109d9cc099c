/** To whom a study was given: they see it whatever else they see, if their role has what was given to them. */
import { UserMinus, UserPlus } from 'lucide-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Study } from '@/api/types.ts'
import { plainName } from '@/format/name.ts'
import { useFormat } from '@/format/use_format.ts'
import { useApi } from '@/session/services.tsx'
import { AccountField } from '@/sight/AccountField.tsx'
import { assignmentOptions, useAssign } from '@/sight/queries.ts'
import styles from '@/sight/Sight.module.css'
import { Button } from '@/ui/Button.tsx'
import { Dialog } from '@/ui/Overlay.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'

export function AssignDialog({ study, onClose }: { study: Study; onClose: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const api = useApi()
  const list = useQuery(assignmentOptions(api, study.uid))
  const { give, take } = useAssign(study.uid)
  const [account, setAccount] = useState('')
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    take.reset()
    give.mutate(account.trim(), { onSuccess: () => setAccount('') })
  }
  const error = give.error ?? take.error
  return (
    <Dialog title={t('assign.title')} open wide onClose={onClose}>
      <p><strong>{plainName(study.patient.name) || t('patient.noName')}</strong> <span className={styles['quiet']}>{[study.description || t('studies.noDescription'), format.date(study.date)].filter(Boolean).join(' · ')}</span></p>
      <p className={styles['quiet']}>{t('assign.what')}</p>
      <form className={styles['row']} onSubmit={submit}>
        {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the dialog was opened in order to type */}
        <AccountField label={t('assign.to')} autoFocus value={account} onType={setAccount} />
        <Button type="submit" kind="filled" icon={<UserPlus />} isDisabled={give.isPending || account.trim() === ''}>{t('assign.give')}</Button>
      </form>
      {error && <ProblemView compact error={error} />}
      {list.isError && <ProblemView compact error={list.error} onRetry={() => void list.refetch()} />}
      <QuietBar active={list.isPending} />
      {list.data?.length === 0 && <p className={styles['quiet']}>{t('assign.nobody')}</p>}
      {list.data !== undefined && list.data.length > 0 && (
        <table className={styles['list']} aria-label={t('assign.given')}>
          <thead>
            <tr>
              <th scope="col">{t('assign.given')}</th>
              <th scope="col">{t('assign.by')}</th>
              <th scope="col">{t('assign.at')}</th>
              <th scope="col"><span className="visually-hidden">{t('inbox.columns.actions')}</span></th>
            </tr>
          </thead>
          <tbody>
            {list.data.map((one) => (
              <tr key={one.account}>
                <td><bdi>{one.account}</bdi></td>
                <td><bdi>{one.assigned_by}</bdi></td>
                <td>{format.instant(one.at)}</td>
                <td><Button icon={<UserMinus />} isDisabled={take.isPending} onPress={() => { give.reset(); take.mutate(one.account) }}>{t('assign.take')}</Button></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Dialog>
  )
}
