/** Which language the workstation speaks: the account's choice, else this browser's last, else its own. */
import type { Language } from '@/api/types.ts'

export const languages: readonly Language[] = ['en', 'fr']
const storageKey = 'steckel.language'

export const languageOf = (tag: string | null | undefined): Language => (tag?.toLowerCase().startsWith('fr') ? 'fr' : 'en')

export function rememberedLanguage(): Language {
  return languageOf(localStorage.getItem(storageKey) ?? navigator.language)
}

export function rememberLanguage(language: Language): void {
  localStorage.setItem(storageKey, language)
}
