/** Who may see this patient by name: the mark of confidentiality, who cares for them, and who opened them in an emergency. */
import { Lock, LockOpen, Siren, UserPlus } from 'lucide-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { CareRelation } from '@/api/sight_types.ts'
import type { PatientIdentity } from '@/api/types.ts'
import { parseDate } from '@/format/date.ts'
import { plainName } from '@/format/name.ts'
import { useFormat } from '@/format/use_format.ts'
import { useApi } from '@/session/services.tsx'
import { AccountField } from '@/sight/AccountField.tsx'
import { careOptions, useConfidential, useEndCare, useMark, useNoteCare } from '@/sight/queries.ts'
import styles from '@/sight/Sight.module.css'
import { Button } from '@/ui/Button.tsx'
import clsx from '@/ui/clsx.ts'
import { DayField } from '@/ui/DayField.tsx'
import { TextField } from '@/ui/Field.tsx'
import { Dialog } from '@/ui/Overlay.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'

/** The last moment of a day where this screen stands. */
function endOfDay(date: string): string | null {
  const day = parseDate(date)
  return day ? new Date(day.year, day.month - 1, day.day, 23, 59, 59).toISOString() : null
}

function Confidentiality({ patient }: { patient: string }) {
  const { t } = useTranslation()
  const confidential = useConfidential(patient)
  const mark = useMark(patient)
  return (
    <section className={styles['part']}>
      <h3>{t('confidential.title')}</h3>
      <div className={styles['row']}>
        <p className={styles['quiet']}>{confidential === true ? t('confidential.is') : t('confidential.what')}</p>
        <Button icon={confidential === true ? <LockOpen /> : <Lock />} isDisabled={confidential === undefined || mark.isPending} onPress={() => mark.mutate(confidential !== true)}>
          {confidential === true ? t('confidential.unmark') : t('confidential.mark')}
        </Button>
      </div>
      {mark.isError && <ProblemView compact error={mark.error} />}
    </section>
  )
}

function NoteCare({ patient }: { patient: string }) {
  const { t } = useTranslation()
  const [account, setAccount] = useState('')
  const [reason, setReason] = useState('')
  const [until, setUntil] = useState('')
  const note = useNoteCare(patient)
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    note.mutate({ account: account.trim(), reason: reason.trim(), until: endOfDay(until) }, {
      onSuccess: () => {
        setAccount('')
        setReason('')
        setUntil('')
      },
    })
  }
  return (
    <form className={styles['part']} onSubmit={submit}>
      <div className={styles['who']}>
        <AccountField label={t('care.account')} value={account} onType={setAccount} />
        <DayField label={t('care.untilOptional')} value={until} onChange={setUntil} />
      </div>
      <div className={styles['row']}>
        <TextField label={t('care.reason')} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
        <Button type="submit" icon={<UserPlus />} isDisabled={note.isPending || account.trim() === ''}>{t('care.add')}</Button>
      </div>
      {note.isError && <ProblemView compact error={note.error} />}
    </form>
  )
}

function Relation({ relation, onEnd }: { relation: CareRelation; onEnd: (() => void) | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <tr className={clsx(!onEnd && styles['over'])}>
      <td><bdi>{relation.account}</bdi></td>
      <td>
        {relation.kind === 'emergency' && <span className={styles['kind']}><Siren aria-hidden="true" />{t('care.emergency')} </span>}
        <bdi>{relation.reason}</bdi>
      </td>
      <td>{format.instant(relation.since)}</td>
      <td>{relation.until === null ? t('care.open') : format.instant(relation.until)}</td>
      <td>{onEnd ? <Button onPress={onEnd}>{t('care.end')}</Button> : t('care.over')}</td>
    </tr>
  )
}

export function AccessDialog({ patient, onClose }: { patient: PatientIdentity; onClose: () => void }) {
  const { t } = useTranslation()
  const api = useApi()
  const list = useQuery(careOptions(api, patient.key))
  const end = useEndCare(patient.key)
  const asked = list.dataUpdatedAt
  const runs = ({ until }: CareRelation): boolean => until === null || Date.parse(until) > asked
  return (
    <Dialog title={t('patientAccess.of', { name: plainName(patient.name) || t('patient.noName') })} open wide onClose={onClose}>
      <Confidentiality patient={patient.key} />
      <section className={styles['part']}>
        <h3>{t('care.title')}</h3>
        <p className={styles['quiet']}>{t('care.what')}</p>
        <NoteCare patient={patient.key} />
        <QuietBar active={list.isPending} />
        {list.isError && <ProblemView compact error={list.error} onRetry={() => void list.refetch()} />}
        {end.isError && <ProblemView compact error={end.error} />}
        {list.data?.length === 0 && <p className={styles['quiet']}>{t('care.nobody')}</p>}
        {list.data !== undefined && list.data.length > 0 && (
          <table className={styles['list']} aria-label={t('care.title')}>
            <thead>
              <tr>
                <th scope="col">{t('care.account')}</th>
                <th scope="col">{t('care.reason')}</th>
                <th scope="col">{t('care.since')}</th>
                <th scope="col">{t('care.until')}</th>
                <th scope="col"><span className="visually-hidden">{t('inbox.columns.actions')}</span></th>
              </tr>
            </thead>
            <tbody>
              {list.data.map((relation) => <Relation key={relation.id} relation={relation} onEnd={runs(relation) ? () => end.mutate(relation.id) : null} />)}
            </tbody>
          </table>
        )}
      </section>
    </Dialog>
  )
}
