/** The login page: nothing but the form, and a clear word when it is refused. */
import { useTranslation } from 'react-i18next'
import { useNavigate, useSearchParams } from 'react-router'
import { languages, languageOf, rememberLanguage } from '@/i18n/language.ts'
import { Button } from '@/ui/Button.tsx'
import { LoginForm } from './LoginForm.tsx'
import styles from './LoginScreen.module.css'

/** Only a path of our own: `//host` and `/\host` would lead elsewhere. */
export function safeNext(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : '/studies'
}

/** The server answers it, not a screen of this page: the viewer, an invocation of the image display (IHE RAD-106), documents. */
export const isOfServer = (next: string): boolean =>
  /^\/(?:ohif|IHEInvokeImageDisplay|api|dicomweb|wado|fhir|metrics)(?:[/?#]|$)/.test(next)

export function LoginScreen() {
  const { t, i18n } = useTranslation()
  const [parameters] = useSearchParams()
  const navigate = useNavigate()
  const other = languages.find((language) => language !== languageOf(i18n.language)) ?? 'en'
  const enter = (): void => {
    const next = safeNext(parameters.get('next'))
    if (isOfServer(next)) window.location.assign(next)
    else void navigate(next, { replace: true })
  }
  const change = (): void => {
    rememberLanguage(other)
    void i18n.changeLanguage(other)
  }
  return (
    <main className={styles['page']}>
      <div className={styles['card']}>
        <h1 className={styles['brand']}>{t('app.name')}</h1>
        <LoginForm onDone={enter} />
      </div>
      <Button kind="ghost" onPress={change}>{t(`languages.${other}`)}</Button>
      <p className={styles['note']}>{t('login.notCleared')}</p>
    </main>
  )
}
