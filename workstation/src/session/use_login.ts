/** Logging in, from the login page and from the dialog over an expired screen: a password, then perhaps more; or a passkey alone. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { isSecondStep, type LoginAnswer, type SecondStep } from '@/api/access_types.ts'
import type { Session } from '@/api/types.ts'
import { signWithPasskey, wasGivenUp } from './passkeys.ts'
import { useApi, useConnection } from './services.tsx'
import { sessionKey } from './session.tsx'

export function useLogin(onDone: (session: Session) => void) {
  const api = useApi()
  const connection = useConnection()
  const client = useQueryClient()
  const [step, setStep] = useState<SecondStep | null>(null)
  const onSuccess = (answer: LoginAnswer | null): void => {
    if (answer === null) return
    if (isSecondStep(answer)) {
      setStep(answer)
      return
    }
    client.setQueryData(sessionKey, answer)
    connection.authorized()
    onDone(answer)
  }
  const password = useMutation({
    mutationFn: (given: { name: string; password: string }) => api.login(given.name, given.password),
    retry: false,
    onSuccess,
  })
  const code = useMutation({
    mutationFn: (typed: string) => api.loginCode(step?.ticket ?? '', typed),
    retry: false,
    onSuccess,
  })
  const passkey = useMutation({
    mutationFn: async () => {
      try {
        const { ticket, options } = await api.askLoginKey(step?.ticket ?? null)
        return await api.loginKey(ticket, await signWithPasskey(options), step !== null)
      } catch (error) {
        if (wasGivenUp(error)) return null
        throw error
      }
    },
    retry: false,
    onSuccess,
  })
  const back = (): void => {
    setStep(null)
    password.reset()
    code.reset()
    passkey.reset()
  }
  return { step, password, code, passkey, back }
}
