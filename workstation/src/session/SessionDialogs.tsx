/** What keeps a screen alive when the session ends or the line breaks. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { Session } from '@/api/types.ts'
import { LoginForm } from '@/screens/login/LoginForm.tsx'
import { Dialog } from '@/ui/Overlay.tsx'
import { useApi, useConnection, useConnectionState, useUploadQueue } from './services.tsx'
import { useSession } from './session.tsx'

/** Log in again; nothing on the screen is lost. Somebody else starts on a clean page. */
export function LoginAgain() {
  const { t } = useTranslation()
  const { user } = useSession()
  const client = useQueryClient()
  const uploads = useUploadQueue()
  const onDone = (session: Session): void => {
    if (session.user.name !== user.name) {
      window.location.assign('/')
      return
    }
    uploads.resume()
    void client.invalidateQueries()
  }
  return (
    <>
      <p>{t('expired.text')}</p>
      <LoginForm name={user.name} onDone={onDone} />
    </>
  )
}

/** Over the screen, unless it is covered: then the cover asks. */
export function ExpiredDialog() {
  const { t } = useTranslation()
  const { expired } = useConnectionState()
  const { standing } = useSession()
  return (
    <Dialog title={t('expired.title')} open={expired && standing === 'open'} firm onClose={() => undefined}>
      <LoginAgain />
    </Dialog>
  )
}

const firstTry = 1_000
const longestWait = 10_000

/** While the server is away, asks for it again and again; when it is back, everything shown is asked for anew. */
export function Reconnect() {
  const api = useApi()
  const connection = useConnection()
  const { reachable } = useConnectionState()
  const client = useQueryClient()
  useEffect(() => {
    if (reachable) return
    let wait = firstTry
    let timer = setTimeout(attempt, wait)
    function attempt(): void {
      api.alive().then(
        () => {
          connection.found()
          void client.invalidateQueries()
        },
        () => {
          wait = Math.min(wait * 1.6, longestWait)
          timer = setTimeout(attempt, wait)
        },
      )
    }
    const now = (): void => {
      clearTimeout(timer)
      attempt()
    }
    window.addEventListener('online', now)
    return () => {
      clearTimeout(timer)
      window.removeEventListener('online', now)
    }
  }, [reachable, api, connection, client])
  useEffect(() => {
    window.addEventListener('offline', connection.lost)
    return () => window.removeEventListener('offline', connection.lost)
  }, [connection])
  return null
}
