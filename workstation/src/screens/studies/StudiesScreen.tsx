/** The study list: filters above, the table, the preview at the right. */
import { ExternalLink, Eye, Trash2, User, UserPlus } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useSearchParams } from 'react-router'
import { ohifAddress } from '@/api/dicomweb.ts'
import { today } from '@/format/date.ts'
import { useKeys } from '@/keys/keys.tsx'
import { useMay, useSavePreferences, useSession } from '@/session/session.tsx'
import { usePrefetchStudy } from '@/study/queries.ts'
import { MenuItem, PointMenu, type Point } from '@/ui/Menu.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import type { Study } from '@/api/types.ts'
import { AssignDialog } from './AssignDialog.tsx'
import { chosenColumns, type ColumnId } from './columns.tsx'
import { DeleteStudy } from './DeleteStudy.tsx'
import { FilterBar } from './FilterBar.tsx'
import { isNarrowed, nextSort, readFilters, studyFilters, writeFilters, type FilterState } from './filters.ts'
import { HowToFill, NothingFound, NothingToSee } from './NoStudies.tsx'
import { previewRemembered, rememberPreview, rememberSpot, useSpot } from './memory.ts'
import { Preview } from './Preview.tsx'
import { useLiveStudies, useStudies, useStudyCount } from './queries.ts'
import styles from './StudiesScreen.module.css'
import { StudyTable } from './StudyTable.tsx'

function useFilters() {
  const [parameters, setParameters] = useSearchParams()
  const filters = useMemo(() => readFilters(parameters), [parameters])
  const setFilters = useCallback(
    (next: FilterState) => setParameters(writeFilters(next), { replace: true }),
    [setParameters],
  )
  return [filters, setFilters] as const
}

function useSelection(studies: readonly Study[]) {
  const spot = useSpot()
  const [selected, setSelected] = useState(spot.selected)
  const index = studies.findIndex((study) => study.uid === selected)
  const move = (to: number): void => {
    const study = studies[Math.max(0, Math.min(studies.length - 1, to))]
    if (study) setSelected(study.uid)
  }
  return { spot, selected, setSelected, index, move, study: studies[index] ?? null }
}

export function StudiesScreen() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const session = useSession()
  const savePreferences = useSavePreferences()
  const mayStore = useMay('store')
  const mayFlag = useMay('flag')
  const mayDelete = useMay('delete')
  const [filters, setFilters] = useFilters()
  const asked = useMemo(() => studyFilters(filters, today()), [filters])
  const list = useStudies(asked)
  const count = useStudyCount(asked)
  const fresh = useLiveStudies(asked)
  const selection = useSelection(list.studies)
  const [previewed, setPreviewed] = useState(previewRemembered)
  const [deleting, setDeleting] = useState<Study | null>(null)
  const [giving, setGiving] = useState<Study | null>(null)
  const [menuAt, setMenuAt] = useState<Point | null>(null)
  const searchBox = useRef<HTMLInputElement>(null)
  const scrollTop = useRef(selection.spot.top)
  const prefetch = usePrefetchStudy()
  const columns = useMemo(() => chosenColumns(session.preferences.columns), [session.preferences.columns])

  const { selected, setSelected, index, move, study } = selection
  useEffect(() => {
    if (selected !== null) prefetch(selected)
  }, [selected, prefetch])
  const open = (uid: string): void => {
    rememberSpot({ selected: uid, top: scrollTop.current })
    void navigate(`/view/${uid}`)
  }
  const openPatient = (key: string): void => {
    rememberSpot({ selected, top: scrollTop.current })
    void navigate(`/patients/${encodeURIComponent(key)}`)
  }
  const togglePreview = (on: boolean): void => {
    rememberPreview(on)
    setPreviewed(on)
  }
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isError } = list
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage()
  }, [fetchNextPage, hasNextPage, isFetchingNextPage, isError])

  useKeys(t('studies.title'), [
    { keys: ['ArrowDown', 'j'], label: t('studies.keys.down'), run: () => move(index + 1) },
    { keys: ['ArrowUp', 'k'], label: t('studies.keys.up'), run: () => move(index < 0 ? 0 : index - 1) },
    { keys: ['PageDown'], label: t('studies.keys.pageDown'), run: () => move(index + 20) },
    { keys: ['PageUp'], label: t('studies.keys.pageUp'), run: () => move(index - 20) },
    { keys: ['Home'], label: t('studies.keys.first'), run: () => move(0) },
    { keys: ['End'], label: t('studies.keys.last'), run: () => move(list.studies.length - 1) },
    { keys: ['Enter'], label: t('studies.keys.open'), run: () => { if (study) open(study.uid) } },
    { keys: [' '], label: t('studies.keys.preview'), run: () => { if (!study) move(0); togglePreview(!previewed || !study) } },
    { keys: ['o'], label: t('studies.keys.ohif'), run: () => { if (study) window.open(ohifAddress([study.uid]), '_blank') } },
    { keys: ['p'], label: t('studies.keys.patient'), run: () => { if (study) openPatient(study.patient.key) } },
    ...(mayFlag ? [{ keys: ['g'], label: t('assign.title'), run: () => { if (study) setGiving(study) } }] : []),
    { keys: ['/'], label: t('studies.keys.search'), run: () => { searchBox.current?.focus(); searchBox.current?.select() } },
    { keys: ['Escape'], label: t('studies.keys.close'), run: () => togglePreview(false) },
  ])

  const nothing = !list.isPending && !list.isError && list.studies.length === 0
  const clear = (): void => setFilters({ search: '', date: { kind: 'any' }, modalities: [], texts: {}, sort: filters.sort })
  return (
    <div className={styles['screen']}>
      <h1 className="visually-hidden">{t('studies.title')}</h1>
      <FilterBar filters={filters} onChange={setFilters} count={count.data} searchBox={searchBox}
        shownColumns={columns.map((column) => column.id)} onColumns={(ids: ColumnId[]) => savePreferences.mutate({ columns: ids })}
        onLeaveSearch={() => { searchBox.current?.blur(); if (index < 0) move(0) }} />
      <QuietBar active={list.isPending || list.isPlaceholderData || list.isFetchingNextPage} />
      <div className={styles['main']}>
        {list.isError && list.studies.length === 0 && <ProblemView error={list.error} onRetry={() => void list.refetch()} />}
        {nothing && (isNarrowed(filters) ? <NothingFound filters={filters} onClear={clear} /> : mayStore ? <HowToFill /> : <NothingToSee />)}
        {list.studies.length > 0 && (
          <StudyTable studies={list.studies} columns={columns} sort={filters.sort} selected={selected} fresh={fresh}
            initialTop={selection.spot.top} onSort={(key) => setFilters({ ...filters, sort: nextSort(filters.sort, key) })}
            onSelect={setSelected} onOpen={open} onHover={prefetch} onNearEnd={more} onMenu={setMenuAt}
            onScrolled={(top) => { scrollTop.current = top }}
            footer={list.isFetchNextPageError && <ProblemView compact error={list.error} onRetry={() => void list.fetchNextPage()} />} />
        )}
        {previewed && study && <Preview key={study.uid} study={study} onClose={() => togglePreview(false)} onDelete={setDeleting} onGive={setGiving} />}
      </div>
      {menuAt && study && (
        <PointMenu label={t('studies.menu')} at={menuAt} onClose={() => setMenuAt(null)}>
          <MenuItem icon={<Eye />} hint={t('keys.names.Enter')} onAction={() => open(study.uid)}>{t('studies.keys.open')}</MenuItem>
          <MenuItem icon={<ExternalLink />} hint="o" onAction={() => window.open(ohifAddress([study.uid]), '_blank')}>{t('studies.keys.ohif')}</MenuItem>
          <MenuItem icon={<User />} hint="p" onAction={() => openPatient(study.patient.key)}>{t('studies.keys.patient')}</MenuItem>
          {mayFlag && <MenuItem icon={<UserPlus />} hint="g" onAction={() => setGiving(study)}>{t('assign.title')}</MenuItem>}
          {mayDelete && <MenuItem icon={<Trash2 />} onAction={() => setDeleting(study)}>{t('preview.delete')}</MenuItem>}
        </PointMenu>
      )}
      {giving && <AssignDialog study={giving} onClose={() => setGiving(null)} />}
      {deleting && <DeleteStudy study={deleting} onClose={() => setDeleting(null)} />}
    </div>
  )
}
