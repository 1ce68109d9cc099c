/** The accounts: who may log in, and as what. */
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Account } from '@/api/types.ts'
import { useFormat } from '@/format/use_format.ts'
import { useRoles } from '@/screens/roles/queries.ts'
import { roleTitle } from '@/screens/roles/words.ts'
import { useSession } from '@/session/session.tsx'
import { Button } from '@/ui/Button.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { Dialog, DialogActions } from '@/ui/Overlay.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import { AccountForm } from './AccountForm.tsx'
import styles from './Admin.module.css'
import { useAccounts, useChangeAccount, useResetFactors } from './queries.ts'

export function AccountsPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const list = useAccounts()
  const roles = useRoles()
  const { user } = useSession()
  const change = useChangeAccount()
  const { tellProblem } = useNotices()
  const [resetting, setResetting] = useState<Account | null>(null)
  const reset = useResetFactors(() => setResetting(null))
  const [editing, setEditing] = useState<Account | 'new' | null>(null)
  if (list.isPending) return <QuietBar />
  if (list.isError) return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  const titleOf = (name: string): string => roleTitle(roles.data?.items.find((role) => role.name === name) ?? { name, title: '' }, t)
  const setDisabled = (account: Account, disabled: boolean): void => change.mutate({ name: account.name, change: { disabled } }, { onError: tellProblem })
  return (
    <div className={styles['page']}>
      <Button kind="filled" icon={<Plus />} onPress={() => setEditing('new')}>{t('accounts.add')}</Button>
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">{t('accounts.name')}</th>
            <th scope="col">{t('accounts.displayName')}</th>
            <th scope="col">{t('accounts.role')}</th>
            <th scope="col">{t('accounts.state')}</th>
            <th scope="col">{t('accounts.lastLogin')}</th>
            <th scope="col"><span className="visually-hidden">{t('inbox.columns.actions')}</span></th>
          </tr>
        </thead>
        <tbody>
          {list.data.map((account) => (
            <tr key={account.name}>
              <td><button type="button" className={styles['link']} onClick={() => setEditing(account)}>{account.name}</button></td>
              <td><bdi>{account.display_name}</bdi></td>
              <td>{titleOf(account.role)}</td>
              <td className={account.disabled ? styles['bad'] : undefined}>{account.disabled ? t('accounts.disabled') : account.kind === 'service' ? t('accounts.forMachine') : account.has_second_factor ? t('accounts.withFactor') : t('accounts.active')}</td>
              <td>{format.instant(account.last_login)}</td>
              <td>
                <span className={styles['actions']}>
                  {account.has_second_factor && <Button onPress={() => setResetting(account)}>{t('accounts.resetFactors')}</Button>}
                  {account.name !== user.name && (
                    <Button onPress={() => setDisabled(account, !account.disabled)}>{account.disabled ? t('accounts.enable') : t('accounts.disable')}</Button>
                  )}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {resetting && (
        <Dialog title={t('accounts.resetFactors')} open onClose={() => setResetting(null)}>
          <p>{t('accounts.resetText', { name: resetting.display_name || resetting.name })}</p>
          <DialogActions>
            <Button onPress={() => setResetting(null)}>{t('action.cancel')}</Button>
            <Button kind="danger" isDisabled={reset.isPending} onPress={() => reset.mutate(resetting.name)}>{t('accounts.resetFactors')}</Button>
          </DialogActions>
        </Dialog>
      )}
      {editing !== null && <AccountForm account={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </div>
  )
}
