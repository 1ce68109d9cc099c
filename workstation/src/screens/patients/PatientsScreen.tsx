/** The patients: found while typing, opened with Enter. */
import { SearchX, Users } from 'lucide-react'
import { useCallback, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useSearchParams } from 'react-router'
import type { Patient } from '@/api/types.ts'
import { useKeys } from '@/keys/keys.tsx'
import { EmergencyOffer } from '@/sight/EmergencyOffer.tsx'
import { Empty } from '@/ui/Empty.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import { SearchBox } from '@/ui/SearchBox.tsx'
import { PatientTable } from './PatientTable.tsx'
import styles from './PatientsScreen.module.css'
import { usePatients } from './queries.ts'

function Nobody({ search }: { search: string }) {
  const { t } = useTranslation()
  if (search === '') return <Empty icon={<Users aria-hidden="true" />} title={t('patients.none')}><p>{t('patients.how')}</p><EmergencyOffer /></Empty>
  return <Empty icon={<SearchX aria-hidden="true" />} title={t('empty.nothingFound')}><p>{t('empty.noMatch', { search })}</p><EmergencyOffer wanted={search} /></Empty>
}

export function PatientsScreen() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [parameters, setParameters] = useSearchParams()
  const search = parameters.get('search') ?? ''
  const [at, setAt] = useState(-1)
  const box = useRef<HTMLInputElement>(null)
  const list = usePatients(search.trim())
  const { patients, hasNextPage, isFetchingNextPage, isError, fetchNextPage } = list
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, isError, fetchNextPage])
  const find = (text: string): void => {
    setParameters(text === '' ? {} : { search: text }, { replace: true })
    setAt(-1)
  }
  const move = (to: number): void => setAt(Math.max(0, Math.min(patients.length - 1, to)))
  const open = (patient: Patient | undefined): void => {
    if (patient) void navigate(`/patients/${encodeURIComponent(patient.key)}`)
  }
  useKeys(t('patients.title'), [
    { keys: ['ArrowDown', 'j'], label: t('studies.keys.down'), run: () => move(at + 1) },
    { keys: ['ArrowUp', 'k'], label: t('studies.keys.up'), run: () => move(at - 1) },
    { keys: ['Home'], label: t('studies.keys.first'), run: () => move(0) },
    { keys: ['End'], label: t('studies.keys.last'), run: () => move(patients.length - 1) },
    { keys: ['Enter'], label: t('patients.open'), run: () => open(patients[at]) },
    { keys: ['/'], label: t('studies.keys.search'), run: () => { box.current?.focus(); box.current?.select() } },
  ])
  return (
    <>
      <h1 className="visually-hidden">{t('patients.title')}</h1>
      <div className={styles['bar']} role="search">
        <SearchBox ref={box} value={search} onChange={find} label={t('patients.search')} hint={t('patients.searchHint')} clearLabel={t('studies.clearSearch')}
          onLeave={() => { box.current?.blur(); if (at < 0) move(0) }} />
      </div>
      <QuietBar active={list.isPending || list.isPlaceholderData || isFetchingNextPage} />
      {isError && patients.length === 0 && <ProblemView error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && patients.length === 0 && <Nobody search={search} />}
      {patients.length > 0 && <PatientTable patients={patients} at={at} onOpen={open} onNearEnd={more} />}
    </>
  )
}
