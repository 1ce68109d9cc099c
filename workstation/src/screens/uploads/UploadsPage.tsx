/** The uploads of this page: what runs, one line per object, what failed and can be sent again. */
import { FileUp, FolderUp, RotateCw, X } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '@/format/use_format.ts'
import { useUploadQueue } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import { Chip, ChipGroup } from '@/ui/Chip.tsx'
import { Empty } from '@/ui/Empty.tsx'
import { ProgressBar } from '@/ui/QuietBar.tsx'
import type { UploadState } from '@/uploads/queue.ts'
import { progressOf, secondsLeft, useUploads } from '@/uploads/use_uploads.ts'
import { walkFiles } from '@/uploads/walk.ts'
import { ResultList } from './ResultList.tsx'
import styles from './UploadsPage.module.css'

function Choose() {
  const { t } = useTranslation()
  const queue = useUploadQueue()
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const add = (list: FileList | null): void => {
    if (list && list.length > 0) queue.add(walkFiles([...list]))
  }
  return (
    <>
      <Button icon={<FileUp />} onPress={() => files.current?.click()}>{t('uploads.chooseFiles')}</Button>
      <Button icon={<FolderUp />} onPress={() => folder.current?.click()}>{t('uploads.chooseFolder')}</Button>
      <input ref={files} type="file" multiple hidden data-testid="upload-files"
        onChange={(event) => { add(event.target.files); event.target.value = '' }} />
      <input ref={folder} type="file" multiple hidden {...{ webkitdirectory: '' }}
        onChange={(event) => { add(event.target.files); event.target.value = '' }} />
    </>
  )
}

function Running({ state }: { state: UploadState }) {
  const { t } = useTranslation()
  const format = useFormat()
  const queue = useUploadQueue()
  const left = secondsLeft(state)
  const { found, finished } = state.files
  const facts = [
    t('uploads.progress', { finished: format.number(finished), found: format.number(found) }),
    t('uploads.sent', { sent: format.bytes(state.bytes.sent) }),
    state.speed > 0 && t('uploads.speed', { speed: format.bytes(state.speed) }),
    state.scanning && t('uploads.scanning'),
    left !== null && t('uploads.left', { time: format.duration(left) }),
  ].filter(Boolean)
  return (
    <section className={styles['running']} aria-label={t('uploads.running')}>
      <div className={styles['line']}>
        <span>{state.waiting ? t('uploads.waiting') : facts.join(' · ')}</span>
        <Button icon={<X />} onPress={queue.cancel}>{t('action.cancel')}</Button>
      </div>
      <ProgressBar value={progressOf(state)} label={t('uploads.running')} />
      <ul className={styles['files']}>
        {state.running.map((file) => (
          <li key={file.path}>
            <bdi>{file.path}</bdi>
            <span>{file.size > 0 && file.sent >= file.size ? t('uploads.checking') : `${format.bytes(file.sent)} / ${format.bytes(file.size)}`}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

const outcomes = ['stored', 'duplicate', 'conflict', 'quarantined', 'refused', 'skipped'] as const

export function UploadsPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const queue = useUploadQueue()
  const state = useUploads()
  const [onlyTrouble, setOnlyTrouble] = useState(false)
  const { found, failed } = state.files
  if (found === 0 && !state.active) {
    return (
      <Empty icon={<FileUp aria-hidden="true" />} title={t('uploads.none')}>
        <p>{t('uploads.how')}</p>
        <div className={styles['buttons']}><Choose /></div>
      </Empty>
    )
  }
  const totals = outcomes.filter((outcome) => state.totals[outcome] > 0)
    .map((outcome) => t(`uploads.totals.${outcome}`, { count: state.totals[outcome], shown: format.number(state.totals[outcome]) }))
  if (failed > 0) totals.push(t('uploads.totals.failed', { count: failed, shown: format.number(failed) }))
  const lines = onlyTrouble
    ? state.results.filter((result) => result.kind === 'failure' || !['stored', 'duplicate'].includes(result.line.outcome))
    : state.results
  return (
    <div className={styles['page']}>
      {state.active && <Running state={state} />}
      <div className={styles['line']}>
        <p role="status">
          {!state.active && <strong>{state.cancelled ? t('uploads.cancelled') : t('uploads.summary')} </strong>}
          {totals.join(' · ')}
          {state.studies.length > 0 && ` · ${t('count.studies', { count: state.studies.length, shown: format.number(state.studies.length) })}`}
        </p>
        <div className={styles['buttons']}>
          <ChipGroup label={t('uploads.show')}><Chip on={onlyTrouble} onClick={() => setOnlyTrouble(!onlyTrouble)}>{t('uploads.onlyTrouble')}</Chip></ChipGroup>
          {failed > 0 && <Button icon={<RotateCw />} onPress={queue.retryFailed}>{t('uploads.retry', { count: failed })}</Button>}
          <Choose />
          {!state.active && <Button kind="ghost" onPress={queue.clear}>{t('uploads.clear')}</Button>}
        </div>
      </div>
      <ResultList results={lines} />
    </div>
  )
}
