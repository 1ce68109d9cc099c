/** Who is logged in, and what is theirs to choose. */
import { KeyRound, Lock, LogOut, ShieldCheck } from 'lucide-react'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { Language, Theme } from '@/api/types.ts'
import { languageOf, languages } from '@/i18n/language.ts'
import { useLockNow } from '@/lock/lock_now.ts'
import { useApi } from '@/session/services.tsx'
import { useSavePreferences, useSession } from '@/session/session.tsx'
import { currentTheme } from '@/theme/theme.ts'
import { Button } from '@/ui/Button.tsx'
import { Menu, MenuChoice, MenuItem, MenuSeparator } from '@/ui/Menu.tsx'
import { useNotices } from '@/ui/Notices.tsx'

export function useLogout(): () => void {
  const api = useApi()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { tellProblem } = useNotices()
  return () => {
    api.logout().then(() => {
      client.clear()
      void navigate('/login')
    }, tellProblem)
  }
}

export function UserMenu() {
  const { t, i18n } = useTranslation()
  const { user, preferences } = useSession()
  const save = useSavePreferences()
  const navigate = useNavigate()
  const logout = useLogout()
  const lock = useLockNow()
  const name = user.display_name || user.name
  return (
    <>
      <Menu label={t('user.menu')} trigger={<Button kind="ghost" aria-label={t('user.menuOf', { name })}>{name}</Button>}>
        <MenuChoice<Language> title={t('user.language')} value={preferences.language ?? languageOf(i18n.language)}
          options={languages.map((language) => ({ value: language, label: t(`languages.${language}`) }))}
          onChange={(language) => save.mutate({ language })} />
        <MenuSeparator />
        <MenuChoice<Theme> title={t('user.theme')} value={preferences.theme ?? currentTheme()}
          options={(['dark', 'light'] as const).map((theme) => ({ value: theme, label: t(`user.themes.${theme}`) }))}
          onChange={(theme) => save.mutate({ theme })} />
        <MenuSeparator />
        <MenuItem icon={<ShieldCheck />} onAction={() => void navigate('/account')}>{t('user.security')}</MenuItem>
        <MenuItem icon={<KeyRound />} onAction={() => void navigate('/admin/tokens')}>{t('user.tokens')}</MenuItem>
        <MenuItem icon={<Lock />} hint={`${t('keys.names.Alt')} L`} onAction={lock}>{t('lock.now')}</MenuItem>
        <MenuItem icon={<LogOut />} onAction={logout}>{t('user.logout')}</MenuItem>
      </Menu>
    </>
  )
}
