/** The command palette: patients, studies, screens and actions, found while typing. */
import { FileText, Inbox, Keyboard, KeyRound, LayoutList, LogOut, Moon, Search, Settings, Siren, Sun, User, Users } from 'lucide-react'
import type { TFunction } from 'i18next'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { Dialog as AriaDialog, Modal, ModalOverlay } from 'react-aria-components'
import { useFormat } from '@/format/use_format.ts'
import { languageOf, languages } from '@/i18n/language.ts'
import { useApi } from '@/session/services.tsx'
import { useMay, useSavePreferences } from '@/session/session.tsx'
import { currentTheme } from '@/theme/theme.ts'
import { usePrefetchStudy } from '@/study/queries.ts'
import clsx from '@/ui/clsx.ts'
import { PersonName } from '@/ui/PersonName.tsx'
import styles from './Palette.module.css'
import { useLogout } from './UserMenu.tsx'

interface Entry {
  id: string
  group: string
  icon: ReactNode
  text: ReactNode
  /** What typing is compared with; found by the server when absent. */
  match?: string
  note?: string
  run: () => void
  onShown?: () => void
}

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

function useActions(onKeys: () => void): Entry[] {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const read = useMay('read')
  const care = useMay('care')
  const store = useMay('store')
  const administer = useMay('administer')
  const save = useSavePreferences()
  const logout = useLogout()
  const go = (to: string) => () => void navigate(to)
  const screen = (id: string, to: string, text: string, icon: ReactNode): Entry =>
    ({ id, group: t('palette.screens'), icon, text, match: text, run: go(to) })
  const action = (id: string, text: string, icon: ReactNode, run: () => void): Entry =>
    ({ id, group: t('palette.actions'), icon, text, match: text, run })
  const other = currentTheme() === 'dark' ? 'light' : 'dark'
  const language = languages.find((each) => each !== languageOf(i18n.language)) ?? 'en'
  return [
    ...(read ? [screen('studies', '/studies', t('rail.studies'), <LayoutList />), screen('patients', '/patients', t('rail.patients'), <Users />)] : []),
    ...(care ? [
      screen('reconciliation', '/inbox/reconciliation', t('inbox.reconciliation'), <Inbox />),
      screen('messages', '/inbox/messages', t('inbox.messages'), <Inbox />),
      screen('mapping', '/inbox/mapping', t('mapping.title'), <Inbox />),
      screen('quarantine', '/inbox/quarantine', t('inbox.quarantine'), <Inbox />),
      screen('conflicts', '/inbox/conflicts', t('inbox.conflicts'), <Inbox />),
    ] : []),
    ...(store ? [screen('uploads', '/inbox/uploads', t('inbox.uploads'), <Inbox />)] : []),
    ...(care ? [screen('destinations', '/admin/destinations', t('admin.destinations'), <Settings />)] : []),
    ...(administer ? [
      screen('ae', '/admin/ae', t('admin.ae'), <Settings />),
      screen('rules', '/admin/rules', t('rules.title'), <Settings />),
      screen('users', '/admin/users', t('admin.users'), <Settings />),
      screen('roles', '/admin/roles', t('admin.roles'), <Settings />),
      screen('system', '/admin/system', t('admin.system'), <Settings />),
    ] : []),
    screen('tokens', '/admin/tokens', t('admin.tokens'), <KeyRound />),
    action('theme', t(`palette.theme.${other}`), other === 'light' ? <Sun /> : <Moon />, () => save.mutate({ theme: other })),
    action('language', t(`languages.${language}`), <FileText />, () => save.mutate({ language })),
    action('keys', t('keys.help'), <Keyboard />, onKeys),
    action('logout', t('user.logout'), <LogOut />, logout),
  ]
}

/** Fewer letters than this would ask the server for everything. */
const shortest = 2

interface Searched {
  text: string
  isFound: boolean
  /** Folded. */
  wanted: string
}

/** Offered by its name, and where a search finds nobody. */
function emergencyEntries(open: PaletteProps['onEmergency'], { text, isFound, wanted }: Searched, t: TFunction): Entry[] {
  const title = t('emergency.open')
  const named = fold(title).includes(wanted)
  if (!open || (isFound && !named)) return []
  return [{ id: 'emergency', group: t('palette.actions'), icon: <Siren />, text: title, run: () => open(named ? '' : text.trim()) }]
}

function useFound(text: string): Entry[] {
  const { t } = useTranslation()
  const format = useFormat()
  const api = useApi()
  const navigate = useNavigate()
  const prefetch = usePrefetchStudy()
  const [asked, setAsked] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), 80)
    return () => clearTimeout(timer)
  }, [text])
  const enabled = asked.length >= shortest
  const patients = useQuery({
    queryKey: ['palette-patients', asked], enabled, placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.patients(asked, null, signal, 5),
  })
  const studies = useQuery({
    queryKey: ['palette-studies', asked], enabled, placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.studies({ search: asked }, null, signal, 7),
  })
  if (!enabled || text.trim().length < shortest) return []
  return [
    ...(patients.data?.items ?? []).map((patient): Entry => ({
      id: `patient-${patient.key}`, group: t('palette.patients'), icon: <User />, text: <PersonName name={patient.name} />,
      note: [patient.id, format.date(patient.birth_date)].filter(Boolean).join(' · '),
      run: () => void navigate(`/patients/${encodeURIComponent(patient.key)}`),
    })),
    ...(studies.data?.items ?? []).map((study): Entry => ({
      id: `study-${study.uid}`, group: t('palette.studies'), icon: <FileText />, text: <PersonName name={study.patient.name} />,
      note: [format.date(study.date), study.modalities.join(' '), study.description, study.accession].filter(Boolean).join(' · '),
      run: () => void navigate(`/view/${study.uid}`), onShown: () => prefetch(study.uid),
    })),
  ]
}

function Results({ entries, at, listId, onRun, onPoint }: {
  entries: readonly Entry[]; at: number; listId: string; onRun: (entry: Entry) => void; onPoint: (index: number) => void
}) {
  const current = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // In braces: newer browsers return a promise here, which an effect must not.
    current.current?.scrollIntoView({ block: 'nearest' })
  }, [at])
  return (
    <div id={listId} role="listbox" className={styles['list']}>
      {entries.map((entry, index) => (
        <div key={entry.id}>
          {entry.group !== entries[index - 1]?.group && <p className={styles['group']}>{entry.group}</p>}
          {/* Keys are handled by the field, which keeps the focus (aria-activedescendant). */}
          {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus */}
          <div id={`${listId}-${index}`} role="option" aria-selected={index === at} ref={index === at ? current : undefined}
            className={clsx(styles['entry'], index === at && styles['at'])} onClick={() => onRun(entry)} onPointerMove={() => onPoint(index)}>
            {entry.icon}
            <span className={styles['text']}>{entry.text}</span>
            {entry.note !== undefined && <bdi className={styles['note']}>{entry.note}</bdi>}
          </div>
        </div>
      ))}
    </div>
  )
}

export interface PaletteProps {
  onClose: () => void
  onKeys: () => void
  /** Where the account may: opens a patient whom it does not see; with what was searched for. */
  onEmergency: ((text: string) => void) | null
}

export function Palette({ onClose, onKeys, onEmergency }: PaletteProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const listId = useId()
  const actions = useActions(onKeys)
  const found = useFound(text)
  const wanted = fold(text.trim())
  const matching = actions.filter((entry) => fold(entry.match ?? '').includes(wanted))
  const entries = [...found, ...matching, ...emergencyEntries(onEmergency, { text, isFound: found.length > 0, wanted }, t)]
  const index = Math.min(at, entries.length - 1)
  const chosen = entries[index]
  useEffect(() => chosen?.onShown?.(), [chosen?.id]) // eslint-disable-line react-hooks/exhaustive-deps -- once per entry

  const run = (entry: Entry): void => {
    onClose()
    entry.run()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setAt(Math.min(index + 1, entries.length - 1))
    else if (event.key === 'ArrowUp') setAt(Math.max(index - 1, 0))
    else if (event.key === 'Enter' && chosen) run(chosen)
    else return
    event.preventDefault()
  }
  return (
    <ModalOverlay className={clsx(styles['scrim'])} isOpen isDismissable onOpenChange={onClose}>
      <Modal className={clsx(styles['panel'])}>
        <AriaDialog aria-label={t('palette.title')} className={clsx(styles['dialog'])}>
          <div className={styles['field']}>
            <Search aria-hidden="true" />
            {/* eslint-disable-next-line jsx-a11y/no-autofocus -- the palette is opened in order to type */}
            <input autoFocus role="combobox" aria-expanded aria-controls={listId} aria-activedescendant={`${listId}-${index}`}
              aria-label={t('palette.title')} placeholder={t('palette.hint')} value={text} spellCheck={false} autoComplete="off"
              onKeyDown={onKeyDown} onChange={(event) => { setText(event.target.value); setAt(0) }} />
          </div>
          <Results entries={entries} at={index} listId={listId} onRun={run} onPoint={setAt} />
          {entries.length === 0 && <p className={styles['none']} role="status">{t('palette.nothing')}</p>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  )
}
