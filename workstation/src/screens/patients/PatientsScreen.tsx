/** The patients: found while typing, opened with Enter. */
import { Search, SearchX, Users } from 'lucide-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useSearchParams } from 'react-router'
import { useFormat } from '@/format/use_format.ts'
import { useKeys } from '@/keys/keys.tsx'
import clsx from '@/ui/clsx.ts'
import { Empty } from '@/ui/Empty.tsx'
import { PersonName } from '@/ui/PersonName.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import bar from '../studies/FilterBar.module.css'
import table from '../studies/StudyTable.module.css'
import styles from './PatientsScreen.module.css'
import { usePatients } from './queries.ts'

const columns = ['name', 'id', 'birth', 'sex', 'studies'] as const
const template = 'minmax(200px, 3fr) minmax(120px, 1.4fr) 200px 100px 90px'

export function PatientsScreen() {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const [parameters, setParameters] = useSearchParams()
  const search = parameters.get('search') ?? ''
  const [typed, setTyped] = useState(search)
  const [at, setAt] = useState(-1)
  const box = useRef<HTMLInputElement>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const list = usePatients(search)
  const { patients, hasNextPage, isFetchingNextPage, isError, fetchNextPage } = list
  useEffect(() => {
    if (typed.trim() === search) return
    const timer = setTimeout(() => {
      setParameters(typed.trim() === '' ? {} : { search: typed.trim() }, { replace: true })
      setAt(-1)
    }, 80)
    return () => clearTimeout(timer)
  }, [typed, search, setParameters])

  const rows = useVirtualizer({
    count: patients.length, getScrollElement: () => scroller.current, estimateSize: () => 30, overscan: 12, scrollPaddingStart: 30,
  })
  const last = rows.getVirtualItems().at(-1)?.index ?? 0
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isError && last >= patients.length - 30) void fetchNextPage()
  }, [hasNextPage, isFetchingNextPage, isError, last, patients.length, fetchNextPage])
  const move = (to: number): void => {
    const index = Math.max(0, Math.min(patients.length - 1, to))
    setAt(index)
    rows.scrollToIndex(index)
  }
  const open = (index: number): void => {
    const patient = patients[index]
    if (patient) void navigate(`/patients/${encodeURIComponent(patient.key)}`)
  }
  useKeys(t('patients.title'), [
    { keys: ['ArrowDown', 'j'], label: t('studies.keys.down'), run: () => move(at + 1) },
    { keys: ['ArrowUp', 'k'], label: t('studies.keys.up'), run: () => move(at - 1) },
    { keys: ['Home'], label: t('studies.keys.first'), run: () => move(0) },
    { keys: ['End'], label: t('studies.keys.last'), run: () => move(patients.length - 1) },
    { keys: ['Enter'], label: t('patients.open'), run: () => open(at) },
    { keys: ['/'], label: t('studies.keys.search'), run: () => box.current?.select() },
  ])
  return (
    <>
      <h1 className="visually-hidden">{t('patients.title')}</h1>
      <div className={bar['bar']} role="search">
        <div className={bar['search']}>
          <Search aria-hidden="true" />
          <input ref={box} type="search" value={typed} spellCheck={false} autoComplete="off" aria-label={t('patients.search')} placeholder={t('patients.searchHint')}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => {
              if (!['Enter', 'ArrowDown', 'Escape'].includes(event.key)) return
              event.preventDefault()
              event.currentTarget.blur()
              if (at < 0) move(0)
            }} />
          {typed === '' && <kbd aria-hidden="true">/</kbd>}
        </div>
      </div>
      <QuietBar active={list.isPending || list.isPlaceholderData || isFetchingNextPage} />
      {isError && patients.length === 0 && <ProblemView error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && patients.length === 0 && (
        <Empty icon={search === '' ? <Users aria-hidden="true" /> : <SearchX aria-hidden="true" />} title={search === '' ? t('patients.none') : t('empty.nothingFound')}>
          <p>{search === '' ? t('patients.how') : t('empty.noMatch', { search })}</p>
        </Empty>
      )}
      {patients.length > 0 && (
        <div ref={scroller} className={clsx(styles['scroller'])} role="grid" aria-label={t('patients.title')} aria-rowcount={patients.length + 1} tabIndex={0}
          aria-activedescendant={at >= 0 ? `patient-${at}` : undefined} style={{ '--columns': template } as Record<string, string>}>
          <div role="row" className={clsx(table['row'], table['header'], styles['row'])}>
            {columns.map((id) => <div key={id} role="columnheader" className={table['cell']}>{t(`patients.columns.${id}`)}</div>)}
          </div>
          <div role="rowgroup" className={styles['body']} style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map((item) => {
              const patient = patients[item.index]
              if (!patient) return null
              const age = format.ageToday(patient.birth_date)
              return (
                // Keys act on the grid as a whole (aria-activedescendant).
                // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
                <div key={patient.key} id={`patient-${item.index}`} role="row" aria-selected={item.index === at}
                  className={clsx(table['row'], table['data'], styles['row'], item.index === at && table['selected'])}
                  style={{ transform: `translateY(${item.start}px)` }} onClick={() => open(item.index)}>
                  <div role="gridcell" className={clsx(table['cell'], table['name'])}><PersonName name={patient.name} /></div>
                  <div role="gridcell" className={table['cell']}><bdi>{patient.id}</bdi></div>
                  <div role="gridcell" className={table['cell']}>{format.date(patient.birth_date)} <span className={table['quiet']}>{age}</span></div>
                  <div role="gridcell" className={table['cell']}>{patient.sex !== null && t(`patient.sexes.${patient.sex}`)}</div>
                  <div role="gridcell" className={table['cell']}>{format.number(patient.studies)}</div>
                </div>
              )
            })}
          </div>
        </div>
      )}
    </>
  )
}
