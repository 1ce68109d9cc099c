/** A passkey: a name, the password, and the browser's own dialog. */
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { makePasskey, wasGivenUp } from '@/session/passkeys.ts'
import { useApi } from '@/session/services.tsx'
import { TextField } from '@/ui/Field.tsx'
import type { AddFactorProps } from './AddApplication.tsx'
import { PasswordStep } from './PasswordStep.tsx'

export function AddPasskey({ onDone, onCancel }: AddFactorProps) {
  const { t } = useTranslation()
  const api = useApi()
  const [name, setName] = useState(t('factors.keyDefault'))
  const add = useMutation({
    mutationFn: async (password: string) => {
      const { ticket, options } = await api.askNewKey(password)
      try {
        return await api.addKey(ticket, name, await makePasskey(options))
      } catch (error) {
        if (wasGivenUp(error)) return null
        throw error
      }
    },
    retry: false,
    onSuccess: (codes) => { if (codes) onDone(codes) },
  })
  return (
    <PasswordStep label={t('factors.next')} busy={add.isPending} error={add.error} onPassword={add.mutate} onCancel={onCancel}>
      <p>{t('factors.passkeyText')}</p>
      <TextField label={t('factors.keyName')} required maxLength={128} value={name} onChange={(event) => setName(event.target.value)} />
    </PasswordStep>
  )
}
