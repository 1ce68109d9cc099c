/** How the messages of a source are read: the document, what it makes of a message, and its versions. */
import { ArrowLeft, Plus, RotateCw, Save } from 'lucide-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useSearchParams } from 'react-router'
import { ProblemError } from '@/api/problem.ts'
import type { Hl7Message, MessageDetail, Profile, ProfileExample, ProfileList } from '@/api/exchange_types.ts'
import { MessageContent } from '@/exchange/MessageContent.tsx'
import { useFormat } from '@/format/use_format.ts'
import { said } from '@/i18n/said.ts'
import { useKeys } from '@/keys/keys.tsx'
import { messageOptions, useReplayMessages } from '@/screens/messages/queries.ts'
import { ReplayDialog } from '@/screens/messages/ReplayDialog.tsx'
import { useApi } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import { SelectField, TextField } from '@/ui/Field.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import { DocumentField } from './DocumentField.tsx'
import { lineOfProblem, nameFor, newDocument } from './document.ts'
import { DryRun } from './DryRun.tsx'
import styles from './Mapping.module.css'
import { useProfiles, useSaveProfile, useTrial } from './queries.ts'
import { Versions } from './Versions.tsx'

/** What was typed and not saved yet outlives the page. */
const draftKey = (name: string): string => `steckel.mapping.${name}`

function useDraft(name: string, kept: string) {
  const [body, setBody] = useState(() => sessionStorage.getItem(draftKey(name)) ?? kept)
  const change = (next: string): void => {
    setBody(next)
    if (next === kept) sessionStorage.removeItem(draftKey(name))
    else sessionStorage.setItem(draftKey(name), next)
  }
  return [body, change] as const
}

/** What the document is tried on: the message that brought us here, or one that is pasted. */
function Example({ message, text, onText }: { message: MessageDetail | undefined; text: string; onText: (text: string) => void }) {
  const { t } = useTranslation()
  if (message) {
    return <details className={styles['example']}><summary>{t('mapping.example', { type: message.type, id: message.control_id })}</summary><MessageContent content={message} location={message.location} /></details>
  }
  return (
    <label className={styles['paste']}>
      <span>{t('mapping.paste')}</span>
      <textarea value={text} spellCheck={false} rows={6} onChange={(event) => onText(event.target.value)} />
    </label>
  )
}

function AfterSaving({ message, onDone }: { message: Hl7Message; onDone: () => void }) {
  const { t } = useTranslation()
  const replay = useReplayMessages()
  const { tell, tellProblem } = useNotices()
  const [all, setAll] = useState(false)
  const one = (): void => replay.mutate({ ids: [message.id] }, { onSuccess: () => { tell(t('messages.replayStarted')); onDone() }, onError: tellProblem })
  return (
    <div className={styles['after']} role="status">
      <span>{t('mapping.saved')}</span>
      <Button kind="filled" icon={<RotateCw />} isDisabled={replay.isPending} onPress={one}>{t('mapping.replayThis')}</Button>
      <Button icon={<RotateCw />} onPress={() => setAll(true)}>{t('mapping.replayErrors')}</Button>
      {all && (
        <ReplayDialog replay={{ selection: { state: 'error', source: message.source } }} count={null} filter={`${t('messages.states.error')} · ${message.source}`} onClose={() => { setAll(false); onDone() }} />
      )}
    </div>
  )
}

interface EditorProps {
  /** Null for a new one. */
  profile: Profile | null
  message: MessageDetail | undefined
  /** The document that is shown is the one that was saved just now. */
  saved: boolean
  onSaved: (name: string) => void
  onChanged: () => void
}

function Editor({ profile, message, saved, onSaved, onChanged }: EditorProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const source = message?.source ?? ''
  const [name, setName] = useState(profile?.name ?? nameFor(source))
  const kept = profile?.body ?? newDocument(source)
  const [body, setBody] = useDraft(profile?.name ?? '', kept)
  const [text, setText] = useState('')
  const save = useSaveProfile()
  const { tell, tellProblem } = useNotices()
  const example: ProfileExample | null = message ? { message: message.id } : text.trim() === '' ? null : { text }
  const trial = useTrial({ name, body }, example)
  const refused = save.error ?? trial.error
  const problem = refused instanceof ProblemError && refused.problem.status === 400 ? said(refused.problem.detail, t) : ''
  // By the promise: a new profile gets an editor of its own as soon as the list has it, and this one goes.
  const store = (): void => void save.mutateAsync({ name: name.trim(), body }).then(
    (made) => {
      sessionStorage.removeItem(draftKey(profile?.name ?? ''))
      tell(t('mapping.savedAs', { name: made.name, version: made.version }))
      onSaved(made.name)
    },
    (error: unknown) => { if (!(error instanceof ProblemError) || error.problem.status !== 400) tellProblem(error) },
  )
  const ready = name.trim() !== '' && !save.isPending
  useKeys(t('mapping.title'), [{ keys: ['Ctrl+s'], label: t('mapping.save'), inFields: true, run: () => { if (ready) store() } }])
  return (
    <div className={styles['editing']}>
      <div className={styles['left']}>
        {profile === null && <TextField label={t('mapping.name')} required maxLength={64} value={name} onChange={(event) => setName(event.target.value)} />}
        <DocumentField value={body} line={problem === '' ? null : lineOfProblem(body, problem)} problem={problem}
          onChange={(next) => { setBody(next); onChanged(); save.reset() }} />
        <div className={styles['buttons']}>
          {body !== kept && <Button onPress={() => { setBody(kept); save.reset() }}>{t('mapping.revert')}</Button>}
          <Button kind="filled" icon={<Save />} isDisabled={!ready} onPress={store}>{t('mapping.save')}</Button>
        </div>
        {saved && message && <AfterSaving message={message} onDone={() => void navigate('/inbox/messages')} />}
        {profile && <Versions name={profile.name} onLoad={(version) => setBody(version.body)} />}
      </div>
      <div className={styles['right']}>
        <Example message={message} text={text} onText={setText} />
        <QuietBar active={trial.isFetching} />
        {trial.isError && problem === '' && <ProblemView compact error={trial.error} onRetry={() => void trial.refetch()} />}
        {trial.data && example !== null ? <DryRun trial={trial.data} /> : example === null && <p className={styles['quiet']}>{t('mapping.noExample')}</p>}
      </div>
    </div>
  )
}

/** Which profile is edited: the one that was chosen, else what the message is read by, else the first. */
function chosenProfile(list: ProfileList, wanted: string | null, hasMessage: boolean): Profile | null {
  if (wanted === '') return null
  const name = wanted ?? list.in_force?.name ?? (hasMessage ? null : list.items[0]?.name)
  return list.items.find((profile) => profile.name === name) ?? null
}

export function MappingPage() {
  const { t } = useTranslation()
  const { language } = useFormat()
  const [parameters, setParameters] = useSearchParams()
  const navigate = useNavigate()
  const [saved, setSaved] = useState(false)
  const id = Number(parameters.get('message') ?? '') || 0
  const message = useQuery({ ...messageOptions(useApi(), id, language), enabled: id > 0 })
  const source = message.data?.source ?? ''
  const list = useProfiles(source, id === 0 || !message.isPending)
  const choose = (name: string): void => setParameters((now) => {
    const next = new URLSearchParams(now)
    next.set('profile', name)
    return next
  }, { replace: true })
  const profile = list.data ? chosenProfile(list.data, parameters.get('profile'), id > 0) : null
  const waiting = list.isPending || (id > 0 && message.isPending)
  return (
    <div className={styles['screen']}>
      <div className={styles['bar']}>
        <Button kind="ghost" icon={<ArrowLeft />} aria-label={t('mapping.back')} onPress={() => void navigate('/inbox/messages')} />
        <h2>{t('mapping.title')}</h2>
        {list.data && list.data.items.length > 0 && (
          <SelectField label={t('mapping.profile')} value={profile?.name ?? ''} onChange={(event) => choose(event.target.value)}>
            <option value="">{t('mapping.new')}</option>
            {list.data.items.map(({ name, active }) => <option key={name} value={name}>{active ? name : t('mapping.notInForce', { name })}</option>)}
          </SelectField>
        )}
        {profile && <Button icon={<Plus />} onPress={() => choose('')}>{t('mapping.new')}</Button>}
      </div>
      {waiting && <QuietBar />}
      {message.isError && <ProblemView error={message.error} onRetry={() => void message.refetch()} />}
      {list.isError && <ProblemView error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && !waiting && <Editor key={`${profile?.name ?? ''} ${id}`} profile={profile} message={message.data} saved={saved}
        onSaved={(name) => { setSaved(true); choose(name) }} onChanged={() => setSaved(false)} />}
    </div>
  )
}
