/** The formats of this folder bound to the language in use. */
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Study } from '@/api/types.ts'
import { languageOf } from '@/i18n/language.ts'
import { ageAtStudy, ageOn, formatDate, formatInstant, formatTime, today, type Age } from './date.ts'
import { scaleBytes, splitDuration } from './size.ts'

export function useFormat() {
  const { t, i18n } = useTranslation()
  const language = languageOf(i18n.language)
  return useMemo(() => {
    const numbers = new Intl.NumberFormat(language)
    const age = (value: Age | null): string => (value ? t(`age.${value.unit}`, { count: value.value }) : '')
    return {
      language,
      number: (value: number) => numbers.format(value),
      date: (value: string | null) => formatDate(value, language),
      time: (study: Pick<Study, 'date' | 'time' | 'timezone'>) => formatTime(study.date, study.time, study.timezone),
      instant: (iso: string | null) => formatInstant(iso, language),
      ageAtStudy: (study: Pick<Study, 'age' | 'date' | 'patient'>) =>
        age(ageAtStudy(study.age, study.patient.birth_date, study.date)),
      ageToday: (birth: string | null) => age(ageOn(birth, today())),
      bytes: (bytes: number) => {
        const { value, unit } = scaleBytes(bytes)
        return t(`size.${unit}`, { value: numbers.format(value) })
      },
      duration: (total: number) => {
        const { hours, minutes, seconds } = splitDuration(total)
        if (hours > 0) return t('duration.hours', { hours, minutes })
        return minutes > 0 ? t('duration.minutes', { minutes, seconds }) : t('duration.seconds', { seconds })
      },
    }
  }, [t, language])
}
