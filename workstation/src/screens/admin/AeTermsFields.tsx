/** The part of a remote AE's form that is about its calls. */
import { useTranslation } from 'react-i18next'
import { AE_RIGHTS, type AeRight } from '@/api/types.ts'
import { CheckField, TextField } from '@/ui/Field.tsx'
import styles from './Admin.module.css'
import { termsOf, type TypedTerms } from './ae_terms.ts'

export function AeTermsFields({ terms, onChange }: { terms: TypedTerms; onChange: (terms: TypedTerms) => void }) {
  const { t } = useTranslation()
  const toggle = (right: AeRight, granted: boolean): void =>
    onChange({ ...terms, rights: AE_RIGHTS.filter((one) => (one === right ? granted : terms.rights.includes(one))) })
  return (
    <fieldset className={styles['form']}>
      <legend>{t('ae.calls')}</legend>
      {AE_RIGHTS.map((right) => (
        <CheckField key={right} label={t(`ae.rights.${right}`)} checked={terms.rights.includes(right)}
          onChange={(event) => toggle(right, event.target.checked)} />
      ))}
      <TextField label={t('ae.networks')} hint={t('ae.networksHint')} value={terms.networks}
        onChange={(event) => onChange({ ...terms, networks: event.target.value })} />
      <TextField label={t('ae.sees')} hint={t('ae.seesHint')} value={terms.sees}
        error={termsOf(terms) === null ? t('ae.badSees') : undefined}
        onChange={(event) => onChange({ ...terms, sees: event.target.value })} />
      <TextField label={t('ae.certificate')} hint={t('ae.certificateHint')} value={terms.certificate}
        onChange={(event) => onChange({ ...terms, certificate: event.target.value })} />
    </fieldset>
  )
}
