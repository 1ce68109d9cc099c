/** API tokens: made with a name, shown once, taken back at any time. */
import { Plus, Trash2 } from 'lucide-react'
import { useState, type SyntheticEvent } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { NewToken, Token } from '@/api/types.ts'
import { useFormat } from '@/format/use_format.ts'
import { useApi } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import { CopyButton } from '@/ui/CopyButton.tsx'
import { TextField } from '@/ui/Field.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { Dialog, DialogActions } from '@/ui/Overlay.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import styles from './Admin.module.css'
import { keys, useCreateToken, useTokens } from './queries.ts'

function NewTokenDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const create = useCreateToken()
  const made: NewToken | undefined = create.data
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    create.mutate(name)
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
        {create.isError && <ProblemView compact error={create.error} />}
        <DialogActions>
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" kind="filled" isDisabled={create.isPending}>{t('tokens.create')}</Button>
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
