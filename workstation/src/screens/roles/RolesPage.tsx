/** The roles: what accounts of a kind may do, and what they see. */
import { Copy, Lock, Plus, Trash2 } from 'lucide-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Role } from '@/api/sight_types.ts'
import { useFormat } from '@/format/use_format.ts'
import admin from '@/screens/admin/Admin.module.css'
import { useApi } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { Dialog, DialogActions } from '@/ui/Overlay.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import { useDeleteRole, useRoles } from './queries.ts'
import { RoleForm } from './RoleForm.tsx'
import styles from './Roles.module.css'
import { actionTitle, inOrder, roleTitle, seesText } from './words.ts'

/** Always there, may do and see everything, and stays as it is. */
const administrator = 'admin'

const blank: Role = { name: '', title: '', actions: ['read'], sees: { everything: false, confidential: false, rules: [{ referring: 'own' }] } }

function RemoveDialog({ role, onClose }: { role: Role; onClose: () => void }) {
  const { t } = useTranslation()
  const { tell } = useNotices()
  const remove = useDeleteRole()
  const title = roleTitle(role, t)
  const done = (): void => {
    tell(t('roles.removed', { title }))
    onClose()
  }
  return (
    <Dialog title={t('roles.remove', { title })} open onClose={onClose}>
      <p>{t('roles.removeWhat')}</p>
      {remove.isError && <ProblemView compact error={remove.error} />}
      <DialogActions>
        {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the harmless answer is the one that Enter gives */}
        <Button onPress={onClose} autoFocus>{t('action.cancel')}</Button>
        <Button kind="danger" isDisabled={remove.isPending} onPress={() => remove.mutate(role.name, { onSuccess: done })}>{t('roles.removeNow')}</Button>
      </DialogActions>
    </Dialog>
  )
}

interface RowProps {
  role: Role
  /** How many accounts have it; unknown while they are asked for. */
  holders: number | undefined
  onEdit: () => void
  onCopy: () => void
  onRemove: () => void
}

function Row({ role, holders, onEdit, onCopy, onRemove }: RowProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const title = roleTitle(role, t)
  const isFixed = role.name === administrator
  return (
    <tr>
      <td className={styles['who']}>
        {isFixed ? <span className={styles['fixed']} title={t('roles.fixed')}><Lock aria-hidden="true" />{title}</span>
          : <button type="button" className={admin['link']} onClick={onEdit}>{title}</button>}
        <code className={styles['quiet']}>{role.name}</code>
      </td>
      <td>{isFixed ? t('roles.mayAll') : inOrder(role.actions).map((action) => actionTitle(action, t)).join(', ') || t('roles.mayNothing')}</td>
      <td>{seesText(role.sees, t)}</td>
      <td>{holders !== undefined && format.number(holders)}</td>
      <td>
        <span className={admin['actions']}>
          <Button kind="ghost" icon={<Copy />} aria-label={t('roles.copy', { title })} onPress={onCopy} />
          {!isFixed && <Button kind="ghost" icon={<Trash2 />} aria-label={t('roles.remove', { title })} onPress={onRemove} />}
        </span>
      </td>
    </tr>
  )
}

export function RolesPage() {
  const { t } = useTranslation()
  const api = useApi()
  const list = useRoles()
  const accounts = useQuery({ queryKey: ['users'], queryFn: ({ signal }) => api.accounts(signal) })
  const [editing, setEditing] = useState<{ role: Role; isNew: boolean } | null>(null)
  const [removing, setRemoving] = useState<Role | null>(null)
  if (list.isPending) return <QuietBar />
  if (!list.data) return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  const roles = list.data.items
  const copy = (role: Role): void => setEditing({ isNew: true, role: { ...role, name: '', title: t('roles.copyOf', { title: roleTitle(role, t) }) } })
  return (
    <div className={admin['page']}>
      {list.isError && <ProblemView compact error={list.error} />}
      <p className={admin['lead']}>{t('roles.lead')}</p>
      <Button kind="filled" icon={<Plus />} onPress={() => setEditing({ isNew: true, role: blank })}>{t('roles.add')}</Button>
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">{t('roles.title')}</th>
            <th scope="col">{t('roles.may')}</th>
            <th scope="col">{t('roles.sees')}</th>
            <th scope="col">{t('roles.holders')}</th>
            <th scope="col"><span className="visually-hidden">{t('inbox.columns.actions')}</span></th>
          </tr>
        </thead>
        <tbody>
          {roles.map((role) => (
            <Row key={role.name} role={role} holders={accounts.data?.filter((account) => account.role === role.name).length}
              onEdit={() => setEditing({ role, isNew: false })} onCopy={() => copy(role)} onRemove={() => setRemoving(role)} />
          ))}
        </tbody>
      </table>
      {editing && <RoleForm key={editing.role.name} role={editing.role} isNew={editing.isNew} taken={roles.map(({ name }) => name)} onClose={() => setEditing(null)} />}
      {removing && <RemoveDialog role={removing} onClose={() => setRemoving(null)} />}
    </div>
  )
}
