/** Dark or light: set on the root element, remembered for the login page. */
import type { Theme } from '@/api/types.ts'

const storageKey = 'steckel.theme'

export const rememberedTheme = (): Theme => (localStorage.getItem(storageKey) === 'light' ? 'light' : 'dark')

export const currentTheme = (): Theme => (document.documentElement.dataset['theme'] === 'light' ? 'light' : 'dark')

export function applyTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme
  localStorage.setItem(storageKey, theme)
}
