/** A role: what it is called, what it may do, and what it sees. */
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Role } from '@/api/sight_types.ts'
import { Button } from '@/ui/Button.tsx'
import { CheckField, TextField } from '@/ui/Field.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { Dialog, DialogActions } from '@/ui/Overlay.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { useSaveRole } from './queries.ts'
import styles from './Roles.module.css'
import { SeesField } from './SeesField.tsx'
import { actionGroups, inOrder, isName, isRuleWhole, nameFrom, roleTitle } from './words.ts'

export interface RoleFormProps {
  /** What the form begins with. */
  role: Role
  isNew: boolean
  /** Of the others, which a new one must not overwrite. */
  taken: readonly string[]
  onClose: () => void
}

function ActionBoxes({ chosen, onChange }: { chosen: readonly string[]; onChange: (actions: string[]) => void }) {
  const { t } = useTranslation()
  const toggle = (action: string, on: boolean): void => onChange(on ? [...chosen, action] : chosen.filter((each) => each !== action))
  return (
    <fieldset className={styles['actions']}>
      <legend>{t('roles.may')}</legend>
      {actionGroups.map(({ id, actions }) => (
        <div key={id} role="group" aria-label={t(`roles.groups.${id}`)} className={styles['group']}>
          <span className={styles['groupTitle']} aria-hidden="true">{t(`roles.groups.${id}`)}</span>
          {actions.map((action) => (
            <CheckField key={action} label={t(`roles.actions.${action}.title`)} note={t(`roles.actions.${action}.what`)} checked={chosen.includes(action)} onChange={(event) => toggle(action, event.target.checked)} />
          ))}
        </div>
      ))}
    </fieldset>
  )
}

export function RoleForm({ role, isNew, taken, onClose }: RoleFormProps) {
  const { t } = useTranslation()
  const { tell } = useNotices()
  const [title, setTitle] = useState(role.title)
  const [typedName, setName] = useState(role.name)
  const [chosen, setChosen] = useState<readonly string[]>(role.actions)
  const [sees, setSees] = useState(role.sees)
  const save = useSaveRole()
  const name = isNew && typedName === '' ? nameFrom(title) : typedName
  const isTaken = isNew && taken.includes(name)
  const isWhole = isName(name) && !isTaken && (sees.everything || sees.rules.every(isRuleWhole))
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    if (!isWhole) return
    save.mutate({ name, title: title.trim(), actions: inOrder(chosen), sees: { ...sees, rules: sees.everything ? [] : sees.rules } }, {
      onSuccess: (saved) => {
        tell(t('roles.saved', { title: roleTitle(saved, t) }))
        onClose()
      },
    })
  }
  return (
    <Dialog title={isNew ? t('roles.add') : t('roles.change', { title: roleTitle(role, t) })} open wide onClose={onClose}>
      <form className={styles['form']} onSubmit={submit}>
        <div className={styles['pair']}>
          <TextField label={t('roles.title')} required maxLength={64} value={title} onChange={(event) => setTitle(event.target.value)} />
          <TextField label={t('roles.name')} required maxLength={16} readOnly={!isNew} value={name} {...(isTaken && { error: t('roles.taken') })}
            {...(isNew && !isTaken && { hint: t('roles.nameHint') })} onChange={(event) => setName(event.target.value.toLowerCase())} />
        </div>
        <ActionBoxes chosen={chosen} onChange={setChosen} />
        <SeesField sees={sees} onChange={setSees} />
        {save.isError && <ProblemView compact error={save.error} />}
        <DialogActions>
          {!isNew && <span className={styles['note']}>{t('roles.atOnce')}</span>}
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" kind="filled" isDisabled={!isWhole || save.isPending}>{t('action.save')}</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
