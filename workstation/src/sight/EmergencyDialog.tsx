/** Breaking the glass: opens a patient whom the user does not see, or not wholly, with a reason that is recorded. */
import { Siren } from 'lucide-react'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { statusOf } from '@/api/problem.ts'
import type { PatientIdentity } from '@/api/types.ts'
import { useFormat } from '@/format/use_format.ts'
import { Button } from '@/ui/Button.tsx'
import { DayField } from '@/ui/DayField.tsx'
import { AreaField, TextField } from '@/ui/Field.tsx'
import { Dialog, DialogActions } from '@/ui/Overlay.tsx'
import { PersonName } from '@/ui/PersonName.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { useOpenInEmergency } from './queries.ts'
import styles from './Sight.module.css'

export interface EmergencyDialogProps {
  /** Of whom something is seen; otherwise it is said by identifier and birth date. */
  patient?: PatientIdentity
  /** What was searched for: an identifier, if there is a digit in it. */
  wanted?: string
  onClose: () => void
}

/** As the server has it. */
const shortestReason = 3

function Whom({ patient }: { patient: PatientIdentity }) {
  const { t } = useTranslation()
  const format = useFormat()
  const born = patient.birth_date === null ? t('patient.bornUnknown') : format.date(patient.birth_date)
  return <p className={styles['whom']}><strong><PersonName name={patient.name} /></strong> <span>{born} · <bdi>{patient.id}</bdi></span></p>
}

export function EmergencyDialog({ patient, wanted = '', onClose }: EmergencyDialogProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [id, setId] = useState(/\d/.test(wanted) ? wanted : '')
  const [born, setBorn] = useState('')
  const [issuer, setIssuer] = useState('')
  const [reason, setReason] = useState('')
  const open = useOpenInEmergency(({ patient: key }) => {
    onClose()
    void navigate(`/patients/${encodeURIComponent(key)}`)
  })
  // The server asks for it where several have the identifier.
  const isAmbiguous = statusOf(open.error) === 400 || issuer !== ''
  const isWhole = reason.trim().length >= shortestReason && (patient !== undefined || (id.trim() !== '' && born !== ''))
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    if (!isWhole || open.isPending) return
    open.mutate(patient ? { key: patient.key, reason: reason.trim() }
      : { patient_id: id.trim(), birth_date: born, reason: reason.trim(), ...(issuer.trim() !== '' && { issuer: issuer.trim() }) })
  }
  return (
    <Dialog title={t('emergency.title')} open onClose={onClose}>
      <form className={styles['form']} onSubmit={submit}>
        <div className={styles['warning']}>
          <Siren aria-hidden="true" />
          <div>
            <p>{t('emergency.what')}</p>
            <p>{t('emergency.recorded')}</p>
          </div>
        </div>
        {patient ? <Whom patient={patient} /> : (
          <div className={styles['pair']}>
            {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the dialog was opened in order to type */}
            <TextField label={t('emergency.id')} required autoFocus={id === ''} maxLength={64} value={id} onChange={(event) => setId(event.target.value)} />
            {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the identifier is there already */}
            <DayField label={t('emergency.born')} required autoFocus={wanted !== '' && id === wanted} value={born} onChange={setBorn} />
          </div>
        )}
        {!patient && isAmbiguous && <TextField label={t('emergency.issuer')} hint={t('emergency.issuerHint')} maxLength={256} value={issuer} onChange={(event) => setIssuer(event.target.value)} />}
        {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the only field there is */}
        <AreaField label={t('emergency.reason')} hint={t('emergency.reasonHint')} required autoFocus={patient !== undefined} maxLength={500} rows={2} value={reason} onChange={(event) => setReason(event.target.value)} />
        {open.isError && <ProblemView compact error={open.error} />}
        <DialogActions>
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" kind="filled" icon={<Siren />} isDisabled={!isWhole || open.isPending}>{t('emergency.confirm')}</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
