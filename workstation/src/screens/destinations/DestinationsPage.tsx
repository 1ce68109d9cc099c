/** Destinations: who is told what happens, how it goes, and what waits. */
import { CircleAlert, CircleCheck, Clock, Pause, Play, Plus, Settings, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Destination } from '@/api/exchange_types.ts'
import { useFormat } from '@/format/use_format.ts'
import { said } from '@/i18n/said.ts'
import admin from '@/screens/admin/Admin.module.css'
import { useMay } from '@/session/session.tsx'
import { Button } from '@/ui/Button.tsx'
import clsx from '@/ui/clsx.ts'
import { useNotices } from '@/ui/Notices.tsx'
import { Dialog, DialogActions } from '@/ui/Overlay.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import { DestinationForm } from './DestinationForm.tsx'
import styles from './Destinations.module.css'
import { useDestinations, useDoing } from './queries.ts'

/** Counting stops there. */
const counted = 10_000

export function useCounted(): (count: number) => string {
  const format = useFormat()
  return (count) => `${format.number(count)}${count >= counted ? '+' : ''}`
}

export function DestinationState({ destination }: { destination: Destination }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (destination.failing_since !== null) {
    const title = destination.paused ? t('destinations.pausedFailing') : t('destinations.failing', { since: format.instant(destination.failing_since) })
    return <span className={clsx(styles['state'], styles['bad'])}><CircleAlert aria-hidden="true" /><span>{title}<br />{said(destination.problem, t)}</span></span>
  }
  if (destination.paused) return <span className={clsx(styles['state'], styles['amber'])}><Pause aria-hidden="true" />{t('destinations.paused')}</span>
  if (destination.waiting > 0) return <span className={clsx(styles['state'], styles['blue'])}><Clock aria-hidden="true" />{t('destinations.sending')}</span>
  return <span className={clsx(styles['state'], styles['good'])}><CircleCheck aria-hidden="true" />{t('destinations.works')}</span>
}

export function PauseButton({ destination }: { destination: Destination }) {
  const { t } = useTranslation()
  const { tellProblem } = useNotices()
  const toggle = useDoing((api, name: string) => (destination.paused ? api.resumeDestination(name) : api.pauseDestination(name)))
  return (
    <Button icon={destination.paused ? <Play /> : <Pause />} isDisabled={toggle.isPending} onPress={() => toggle.mutate(destination.name, { onError: tellProblem })}>
      {destination.paused ? t('destinations.resume') : t('destinations.pause')}
    </Button>
  )
}

function RemoveDialog({ destination, onClose }: { destination: Destination; onClose: () => void }) {
  const { t } = useTranslation()
  const remove = useDoing((api, name: string) => api.deleteDestination(name))
  const waiting = destination.waiting + destination.parked
  return (
    <Dialog title={t('destinations.remove', { name: destination.name })} open onClose={onClose}>
      <p>{waiting > 0 ? t('destinations.removeWaiting', { count: waiting }) : t('destinations.removeEmpty')}</p>
      {remove.isError && <ProblemView compact error={remove.error} />}
      <DialogActions>
        <Button onPress={onClose}>{t('action.cancel')}</Button>
        <Button kind="danger" isDisabled={remove.isPending} onPress={() => remove.mutate(destination.name, { onSuccess: onClose })}>{t('destinations.removeNow')}</Button>
      </DialogActions>
    </Dialog>
  )
}

function Row({ destination, onEdit, onRemove }: { destination: Destination; onEdit: () => void; onRemove: () => void }) {
  const { t } = useTranslation()
  const count = useCounted()
  const administer = useMay('administer')
  const events = destination.options.events.length
  return (
    <tr>
      <td><Link to={`/admin/destinations/${encodeURIComponent(destination.name)}`}>{destination.name}</Link></td>
      <td>{destination.host}:{destination.port}{destination.tls && ' · TLS'}</td>
      <td><DestinationState destination={destination} /></td>
      <td className={styles['number']}>{count(destination.waiting)}</td>
      <td className={clsx(styles['number'], destination.parked > 0 && styles['bad'])}>{count(destination.parked)}</td>
      <td>{t('destinations.hears', { count: events })}</td>
      <td>
        <span className={admin['actions']}>
          <PauseButton destination={destination} />
          {administer && (
            <>
              <Button kind="ghost" icon={<Settings />} aria-label={t('destinations.changeNamed', { name: destination.name })} onPress={onEdit} />
              <Button kind="ghost" icon={<Trash2 />} aria-label={t('destinations.remove', { name: destination.name })} onPress={onRemove} />
            </>
          )}
        </span>
      </td>
    </tr>
  )
}

export function DestinationsPage() {
  const { t } = useTranslation()
  const list = useDestinations()
  const [editing, setEditing] = useState<Destination | 'new' | null>(null)
  const [removing, setRemoving] = useState<Destination | null>(null)
  const administer = useMay('administer')
  if (list.isPending) return <QuietBar />
  if (!list.data) return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  return (
    <div className={admin['page']}>
      {list.isError && <ProblemView compact error={list.error} />}
      <p className={admin['lead']}>{t('destinations.lead')}</p>
      {administer && <Button kind="filled" icon={<Plus />} onPress={() => setEditing('new')}>{t('destinations.add')}</Button>}
      {list.data.length === 0 ? <p className={admin['lead']}>{t('destinations.none')}</p> : (
        <table className={styles['table']}>
          <thead>
            <tr>
              <th scope="col">{t('destinations.name')}</th>
              <th scope="col">{t('destinations.address')}</th>
              <th scope="col">{t('destinations.state')}</th>
              <th scope="col" className={styles['number']}>{t('destinations.waiting')}</th>
              <th scope="col" className={styles['number']}>{t('destinations.parked')}</th>
              <th scope="col">{t('destinations.options.events')}</th>
              <th scope="col"><span className="visually-hidden">{t('inbox.columns.actions')}</span></th>
            </tr>
          </thead>
          <tbody>{list.data.map((destination) => <Row key={destination.name} destination={destination} onEdit={() => setEditing(destination)} onRemove={() => setRemoving(destination)} />)}</tbody>
        </table>
      )}
      {editing !== null && <DestinationForm destination={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
      {removing && <RemoveDialog destination={removing} onClose={() => setRemoving(null)} />}
    </div>
  )
}
