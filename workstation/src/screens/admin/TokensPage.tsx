/** API tokens: made with a name, shown once, taken back at any time. */
import { Plus, Trash2 } from 'lucide-react'
import { useState, type SyntheticEvent } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { NewToken, Token } from '@/api/types.ts'
import { useFormat } from '@/format/use_format.ts'
import { useApi } from '@/session/services.tsx'
import { useSession } from '@/session/session.tsx'
import { Button } from '@/ui/Button.tsx'
import { CopyButton } from '@/ui/CopyButton.tsx'
import { CheckField, SelectField, TextField } from '@/ui/Field.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { Dialog, DialogActions } from '@/ui/Overlay.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import styles from './Admin.module.css'
import { keys, useCreateToken, useTokens } from './queries.ts'

const lasting = [7, 30, 90, 365]

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString()

function NewTokenDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const { user } = useSession()
  const [name, setName] = useState('')
  const [days, setDays] = useState(90)
  const [actions, setActions] = useState<readonly string[]>(user.actions)
  const create = useCreateToken()
  const made: NewToken | undefined = create.data
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    const narrower = actions.length < user.actions.length
    create.mutate({ name, ...(narrower && { actions: [...actions] }), ...(days > 0 && { expires: inDays(days) }) })
  }
  if (made) {
    return (
      <Dialog title={t('tokens.made', { name: made.name })} open firm onClose={onClose}>
        <p>{t('tokens.once')}</p>
        <p className={styles['token']}><code>{made.token}</code><CopyButton text={made.token} /></p>
        <p className={styles['lead']}>{t('tokens.use')}</p>
        <DialogActions><Button kind="filled" onPress={onClose}>{t('tokens.kept')}</Button></DialogActions>
      </Dialog>
    )
  }
  return (
    <Dialog title={t('tokens.add')} open onClose={onClose}>
      <form className={styles['form']} onSubmit={submit}>
        <TextField label={t('tokens.name')} hint={t('tokens.nameHint')} required value={name} onChange={(event) => setName(event.target.value)} />
        <SelectField label={t('tokens.ends')} value={days} onChange={(event) => setDays(Number(event.target.value))}>
          {lasting.map((each) => <option key={each} value={each}>{t('tokens.days', { count: each })}</option>)}
          <option value={0}>{t('tokens.endless')}</option>
        </SelectField>
        <fieldset className={styles['choices']}>
          <legend>{t('tokens.may')}</legend>
          {user.actions.map((action) => (
            <CheckField key={action} label={t(`actions.${action as 'read'}`, { defaultValue: action })} checked={actions.includes(action)}
              onChange={(event) => setActions(event.target.checked ? [...actions, action] : actions.filter((each) => each !== action))} />
          ))}
        </fieldset>
        {create.isError && <ProblemView compact error={create.error} />}
        <DialogActions>
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" kind="filled" isDisabled={create.isPending || actions.length === 0}>{t('tokens.create')}</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

export function TokensPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const api = useApi()
  const client = useQueryClient()
  const list = useTokens()
  const { undoable } = useNotices()
  const [adding, setAdding] = useState(false)
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const revoke = (token: Token): void => {
    setHidden((ids) => new Set([...ids, token.id]))
    undoable({
      text: t('tokens.revoked', { name: token.name }),
      commit: (leaving) => api.revokeToken(token.id, leaving).then(() => client.invalidateQueries({ queryKey: keys.tokens })),
      onUndo: () => setHidden((ids) => new Set([...ids].filter((id) => id !== token.id))),
    })
  }
  if (list.isPending) return <QuietBar />
  if (list.isError) return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  const shown = list.data.filter((token) => !hidden.has(token.id))
  return (
    <div className={styles['page']}>
      <p className={styles['lead']}>{t('tokens.lead')}</p>
      <Button kind="filled" icon={<Plus />} onPress={() => setAdding(true)}>{t('tokens.add')}</Button>
      {shown.length > 0 && (
        <table className={styles['table']}>
          <thead>
            <tr>
              <th scope="col">{t('tokens.name')}</th>
              <th scope="col">{t('tokens.user')}</th>
              <th scope="col">{t('tokens.created')}</th>
              <th scope="col">{t('tokens.lastUsed')}</th>
              <th scope="col">{t('tokens.ends')}</th>
              <th scope="col">{t('tokens.may')}</th>
              <th scope="col"><span className="visually-hidden">{t('inbox.columns.actions')}</span></th>
            </tr>
          </thead>
          <tbody>
            {shown.map((token) => (
              <tr key={token.id}>
                <td>{token.name}</td>
                <td>{token.user}</td>
                <td>{format.instant(token.created)}</td>
                <td>{token.last_used === null ? t('tokens.never') : format.instant(token.last_used)}</td>
                <td>{token.expires === null ? t('tokens.endless') : format.instant(token.expires)}</td>
                <td>{token.actions === null ? t('tokens.all') : token.actions.map((action) => t(`actions.${action as 'read'}`, { defaultValue: action })).join(', ')}</td>
                <td><span className={styles['actions']}><Button icon={<Trash2 />} onPress={() => revoke(token)}>{t('tokens.revoke')}</Button></span></td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {adding && <NewTokenDialog onClose={() => setAdding(false)} />}
    </div>
  )
}
