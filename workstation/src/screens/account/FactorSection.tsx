/** What an account has beside its password. */
import { KeyRound, Plus, Smartphone, Trash2 } from 'lucide-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Passkey } from '@/api/access_types.ts'
import { useFormat } from '@/format/use_format.ts'
import { hasPasskeys } from '@/session/passkeys.ts'
import { useApi } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import { Dialog } from '@/ui/Overlay.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import styles from './Account.module.css'
import { AddApplication } from './AddApplication.tsx'
import { AddPasskey } from './AddPasskey.tsx'
import { PasswordStep } from './PasswordStep.tsx'
import { keys, useFactors } from './queries.ts'
import { RecoveryCodes } from './RecoveryCodes.tsx'

type Doing = { what: 'application' | 'passkey' | 'removeApplication' | 'renew' } | { what: 'removeKey'; key: Passkey } | { what: 'codes'; codes: readonly string[] }

function Removing({ doing, onDone, onCancel }: { doing: Doing; onDone: () => void; onCancel: () => void }) {
  const { t } = useTranslation()
  const api = useApi()
  const remove = useMutation({
    mutationFn: (password: string) => (doing.what === 'removeKey' ? api.removeKey(doing.key.id, password) : api.removeTotp(password)),
    retry: false,
    onSuccess: onDone,
  })
  return (
    <PasswordStep danger label={t('factors.remove')} busy={remove.isPending} error={remove.error} onPassword={remove.mutate} onCancel={onCancel}>
      <p>{t('factors.removeText')}</p>
    </PasswordStep>
  )
}

function Renewing({ onDone, onCancel }: { onDone: (codes: readonly string[]) => void; onCancel: () => void }) {
  const { t } = useTranslation()
  const api = useApi()
  const renew = useMutation({ mutationFn: (password: string) => api.renewCodes(password), retry: false, onSuccess: onDone })
  return (
    <PasswordStep label={t('factors.renew')} busy={renew.isPending} error={renew.error} onPassword={renew.mutate} onCancel={onCancel}>
      <p>{t('factors.renewText')}</p>
    </PasswordStep>
  )
}

export function FactorSection() {
  const { t } = useTranslation()
  const format = useFormat()
  const client = useQueryClient()
  const factors = useFactors()
  const [doing, setDoing] = useState<Doing | null>(null)
  if (factors.isPending) return <QuietBar />
  if (factors.isError) return <ProblemView error={factors.error} onRetry={() => void factors.refetch()} />
  const { totp_since: since, passkeys, recovery_codes: left, required } = factors.data
  const close = (): void => setDoing(null)
  const done = (codes: readonly string[] = []): void => {
    setDoing(codes.length > 0 ? { what: 'codes', codes } : null)
    void client.invalidateQueries({ queryKey: keys.factors })
  }
  const has = since !== null || passkeys.length > 0
  return (
    <section className={styles['section']} aria-labelledby="factors">
      <h2 id="factors">{t('factors.title')}</h2>
      <p className={styles['lead']}>{required ? t('factors.required') : t('factors.lead')}</p>
      {has && (
        <ul className={styles['list']}>
          {since !== null && (
            <li>
              <Smartphone aria-hidden="true" /><span>{t('factors.application')}</span><span className={styles['muted']}>{t('factors.since', { date: format.instant(since) })}</span>
              <Button icon={<Trash2 />} onPress={() => setDoing({ what: 'removeApplication' })}>{t('factors.remove')}</Button>
            </li>
          )}
          {passkeys.map((key) => (
            <li key={key.id}>
              <KeyRound aria-hidden="true" /><bdi>{key.name}</bdi>
              <span className={styles['muted']}>{key.last_used === null ? t('factors.since', { date: format.instant(key.created) }) : t('factors.used', { date: format.instant(key.last_used) })}</span>
              <Button icon={<Trash2 />} onPress={() => setDoing({ what: 'removeKey', key })}>{t('factors.remove')}</Button>
            </li>
          ))}
          <li><span>{t('factors.codesLeft', { count: left })}</span><Button onPress={() => setDoing({ what: 'renew' })}>{t('factors.renew')}</Button></li>
        </ul>
      )}
      <div className={styles['row']}>
        {since === null && <Button icon={<Plus />} onPress={() => setDoing({ what: 'application' })}>{t('factors.addApplication')}</Button>}
        {hasPasskeys()
          ? <Button icon={<Plus />} onPress={() => setDoing({ what: 'passkey' })}>{t('factors.addPasskey')}</Button>
          : <span className={styles['muted']}>{t('factors.noPasskeys')}</span>}
      </div>
      {doing?.what === 'application' && <Dialog title={t('factors.addApplication')} open onClose={close}><AddApplication onDone={done} onCancel={close} /></Dialog>}
      {doing?.what === 'passkey' && <Dialog title={t('factors.addPasskey')} open onClose={close}><AddPasskey onDone={done} onCancel={close} /></Dialog>}
      {(doing?.what === 'removeKey' || doing?.what === 'removeApplication') && (
        <Dialog title={t('factors.remove')} open onClose={close}><Removing doing={doing} onDone={() => done()} onCancel={close} /></Dialog>
      )}
      {doing?.what === 'renew' && <Dialog title={t('factors.renew')} open onClose={close}><Renewing onDone={done} onCancel={close} /></Dialog>}
      {doing?.what === 'codes' && <Dialog title={t('factors.codes')} open firm onClose={close}><RecoveryCodes codes={doing.codes} onClose={close} /></Dialog>}
    </section>
  )
}
