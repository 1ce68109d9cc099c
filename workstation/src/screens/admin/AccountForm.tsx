/** An account, new or changed. An empty password leaves the old one. */
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Account, AccountKind } from '@/api/types.ts'
import { useRoles } from '@/screens/roles/queries.ts'
import { roleTitle } from '@/screens/roles/words.ts'
import { Button } from '@/ui/Button.tsx'
import { CheckField, SelectField, TextField } from '@/ui/Field.tsx'
import { ListField } from '@/ui/ListField.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { Dialog, DialogActions } from '@/ui/Overlay.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import styles from './Admin.module.css'
import { useChangeAccount, useCreateAccount } from './queries.ts'

export function AccountForm({ account, onClose }: { account: Account | null; onClose: () => void }) {
  const { t } = useTranslation()
  const { tell } = useNotices()
  const [name, setName] = useState(account?.name ?? '')
  const [displayName, setDisplayName] = useState(account?.display_name ?? '')
  const [role, setRole] = useState(account?.role ?? 'user')
  const [person, setPerson] = useState(account?.person ?? '')
  const [institutions, setInstitutions] = useState(account?.institutions ?? [])
  const [departments, setDepartments] = useState(account?.departments ?? [])
  const roles = useRoles()
  const [password, setPassword] = useState('')
  const [kind, setKind] = useState<AccountKind>(account?.kind ?? 'person')
  const [mustChange, setMustChange] = useState(account === null || account.must_change)
  const machine = kind === 'service'
  const create = useCreateAccount()
  const change = useChangeAccount()
  const error = create.error ?? change.error
  const done = { onSuccess: () => { tell(t('accounts.saved', { name })); onClose() } }
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    const own = { person: person.trim(), institutions, departments }
    if (account) change.mutate({ name, change: { role, display_name: displayName, ...own, ...(password !== '' && { password }), ...(!machine && { must_change: mustChange }) } }, done)
    else create.mutate({ name, role, kind, display_name: displayName, ...own, password: machine ? '' : password, must_change: !machine && mustChange }, done)
  }
  return (
    <Dialog title={account ? t('accounts.change') : t('accounts.add')} open onClose={onClose}>
      <form className={styles['form']} onSubmit={submit}>
        <TextField label={t('accounts.name')} required readOnly={account !== null} value={name} onChange={(event) => setName(event.target.value)} />
        <TextField label={t('accounts.displayName')} value={displayName} onChange={(event) => setDisplayName(event.target.value)} />
        <SelectField label={t('accounts.role')} value={role} onChange={(event) => setRole(event.target.value)}>
          {roles.data?.items.some(({ name: known }) => known === role) !== true && <option value={role}>{role}</option>}
          {roles.data?.items.map((each) => <option key={each.name} value={each.name}>{roleTitle(each, t)}</option>)}
        </SelectField>
        {account === null && <CheckField label={t('accounts.machine')} checked={machine} onChange={(event) => setKind(event.target.checked ? 'service' : 'person')} />}
        {!machine && <TextField label={t('accounts.person')} hint={t('accounts.personHint')} maxLength={64} value={person} onChange={(event) => setPerson(event.target.value)} />}
        <ListField label={t('accounts.institutions')} values={institutions} onChange={setInstitutions} />
        <ListField label={t('accounts.departments')} hint={t('accounts.severalHint')} values={departments} onChange={setDepartments} />
        {!machine && <TextField label={account ? t('accounts.newPassword') : t('accounts.password')} type="password" autoComplete="new-password" required={account === null}
          hint={account ? t('accounts.passwordHint') : undefined} value={password} onChange={(event) => setPassword(event.target.value)} />}
        {!machine && <CheckField label={t('accounts.mustChange')} checked={mustChange} onChange={(event) => setMustChange(event.target.checked)} />}
        {error && <ProblemView compact error={error} />}
        <DialogActions>
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" kind="filled" isDisabled={create.isPending || change.isPending}>{t('action.save')}</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
