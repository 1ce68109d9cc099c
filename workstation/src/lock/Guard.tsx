/**
 * Stands between a session and the screens. They are shown when the session is open, and stay as they are behind the
 * cover when it is locked; whoever has to do something else first does that before any screen asks for anything.
 */
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Standing } from '@/api/access_types.ts'
import type { Session } from '@/api/types.ts'
import { useKeys } from '@/keys/keys.tsx'
import { LiveProvider } from '@/live/events.tsx'
import { useApi, useConnection, useConnectionState } from '@/session/services.tsx'
import { LoginAgain } from '@/session/SessionDialogs.tsx'
import { sessionKey, useSession } from '@/session/session.tsx'
import { Cover } from './Cover.tsx'
import { FirstFactor } from './FirstFactor.tsx'
import { useIdle } from './idle.ts'
import { LockContext } from './lock_now.ts'
import { NewPassword } from './NewPassword.tsx'
import { Unlock } from './Unlock.tsx'

const channelName = 'steckel.lock'
const retryLock = 5_000

function useChannel(onHeard: () => void): () => void {
  const channel = useRef<BroadcastChannel | null>(null)
  useEffect(() => {
    if (typeof BroadcastChannel === 'undefined') return
    const made = new BroadcastChannel(channelName)
    made.addEventListener('message', onHeard)
    channel.current = made
    return () => {
      channel.current = null
      made.close()
    }
  }, [onHeard])
  return useCallback(() => channel.current?.postMessage('changed'), [])
}

/** Locks the screen at once, and the session on the server as soon as it can be reached. */
function useLock(standing: Standing, tell: () => void): () => void {
  const api = useApi()
  const client = useQueryClient()
  const [sent, setSent] = useState(true)
  useEffect(() => {
    if (sent || standing !== 'locked') return
    let timer: ReturnType<typeof setTimeout> | undefined
    const send = (): void => {
      api.lock().then(() => { setSent(true); tell() }, () => { timer = setTimeout(send, retryLock) })
    }
    send()
    return () => clearTimeout(timer)
  }, [sent, standing, api, tell])
  return () => {
    if (standing !== 'open') return
    client.setQueryData<Session>(sessionKey, (session) => session && { ...session, standing: 'locked' })
    setSent(false)
  }
}

export function Guard({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const { standing, lock: { minutes } } = useSession()
  const client = useQueryClient()
  const connection = useConnection()
  const { barred, expired } = useConnectionState()
  const [entered, setEntered] = useState(standing === 'open')
  if (standing === 'open' && !entered) setEntered(true)
  const ask = useCallback(() => void client.refetchQueries({ queryKey: sessionKey }), [client])
  const tell = useChannel(ask)
  const lock = useLock(standing, tell)
  useIdle(standing === 'open' ? minutes : 0, lock)
  useKeys(t('lock.section'), [{ keys: ['Alt+l'], label: t('lock.now'), run: lock, inFields: true }])
  useEffect(() => {
    if (!barred) return
    connection.unbarred()
    ask()
  }, [barred, connection, ask])
  const open = (): void => {
    void client.refetchQueries({ queryKey: sessionKey }).then(() => client.invalidateQueries())
    tell()
  }
  return (
    <LiveProvider paused={standing !== 'open'}>
      {entered && <LockContext value={lock}>{children}</LockContext>}
      {standing !== 'open' && expired && <Cover title={t('expired.title')}><LoginAgain /></Cover>}
      {standing === 'locked' && !expired && <Cover title={t('lock.title')}><Unlock onOpen={open} onLook={ask} /></Cover>}
      {standing === 'password' && !expired && <Cover title={t('lock.passwordTitle')}><NewPassword onDone={open} /></Cover>}
      {standing === 'second-factor' && !expired && <Cover title={t('lock.factorTitle')}><FirstFactor onDone={open} /></Cover>}
    </LiveProvider>
  )
}
