/** A remote application entity, new or changed. */
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { RemoteAe } from '@/api/types.ts'
import { useApi } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import { CheckField, TextField } from '@/ui/Field.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { Dialog, DialogActions } from '@/ui/Overlay.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import styles from './Admin.module.css'
import { AeTermsFields } from './AeTermsFields.tsx'
import { EchoButton } from './EchoButton.tsx'
import { termsOf, typedTerms } from './ae_terms.ts'
import { useSaveAe } from './queries.ts'

/** PS3.5 6.2, AE: sixteen characters at most, no backslash, no control characters. */
export const isAeTitle = (title: string): boolean => /^[\x20-\x5b\x5d-\x7e]{1,16}$/.test(title.trim())

const isPort = (port: string): boolean => /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65535

export function AeForm({ ae, onClose }: { ae: RemoteAe | null; onClose: () => void }) {
  const { t } = useTranslation()
  const api = useApi()
  const { tell } = useNotices()
  const [title, setTitle] = useState(ae?.title ?? '')
  const [host, setHost] = useState(ae?.host ?? '')
  const [port, setPort] = useState(String(ae?.port ?? 104))
  const [tls, setTls] = useState(ae?.tls ?? false)
  const [description, setDescription] = useState(ae?.description ?? '')
  const [typed, setTyped] = useState(() => typedTerms(ae))
  const save = useSaveAe()
  const terms = termsOf(typed)
  const value: RemoteAe = { title: title.trim(), host: host.trim(), port: Number(port), tls, description: description.trim(), ...terms }
  const valid = isAeTitle(title) && value.host !== '' && isPort(port) && terms !== null
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    if (!valid) return
    save.mutate(value, {
      onSuccess: () => {
        tell(t('ae.saved', { title: value.title }))
        onClose()
      },
    })
  }
  return (
    <Dialog title={ae ? t('ae.change') : t('ae.add')} open onClose={onClose}>
      <form className={styles['form']} onSubmit={submit}>
        <TextField label={t('ae.title')} required value={title} readOnly={ae !== null} maxLength={16}
          error={title !== '' && !isAeTitle(title) ? t('ae.badTitle') : undefined} onChange={(event) => setTitle(event.target.value)} />
        <div className={styles['pair']}>
          <TextField label={t('ae.host')} required value={host} onChange={(event) => setHost(event.target.value)} />
          <TextField label={t('ae.port')} required inputMode="numeric" value={port} error={isPort(port) ? undefined : t('ae.badPort')}
            onChange={(event) => setPort(event.target.value)} />
        </div>
        <TextField label={t('ae.description')} value={description} onChange={(event) => setDescription(event.target.value)} />
        <CheckField label={t('ae.useTls')} checked={tls} onChange={(event) => setTls(event.target.checked)} />
        <AeTermsFields terms={typed} onChange={setTyped} />
        <EchoButton disabled={!valid} echo={() => api.echoUnsaved(value)} />
        {save.isError && <ProblemView compact error={save.error} />}
        <DialogActions>
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" kind="filled" isDisabled={!valid || save.isPending}>{t('action.save')}</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
