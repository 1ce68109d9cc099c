/** The queue of a destination: what waits, what was sent, what was passed over and has to be looked at. */
import { ArrowLeft, CircleAlert, CircleCheck, CircleSlash, Clock, RotateCw, Send, Trash2, X } from 'lucide-react'
import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { deliveryStates, type Delivery, type DeliveryState } from '@/api/exchange_types.ts'
import { MessageContent } from '@/exchange/MessageContent.tsx'
import { useFormat } from '@/format/use_format.ts'
import { said } from '@/i18n/said.ts'
import { useKeys } from '@/keys/keys.tsx'
import messages from '@/screens/messages/Messages.module.css'
import { useApi } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import { Chip, ChipGroup } from '@/ui/Chip.tsx'
import clsx from '@/ui/clsx.ts'
import { Empty } from '@/ui/Empty.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { Dialog, DialogActions } from '@/ui/Overlay.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import { SearchBox } from '@/ui/SearchBox.tsx'
import { DestinationState, PauseButton, useCounted } from './DestinationsPage.tsx'
import styles from './Destinations.module.css'
import { deliveryOptions, useDeliveries, useDestinations, useDoing } from './queries.ts'

const signs = { waiting: Clock, parked: CircleAlert, sent: CircleCheck, dropped: CircleSlash }
const colours: Record<DeliveryState, string> = { waiting: 'blue', parked: 'bad', sent: 'good', dropped: 'quiet' }

function DeliveryChip({ state }: { state: DeliveryState }) {
  const { t } = useTranslation()
  const Sign = signs[state]
  return <span className={clsx(styles['state'], styles[colours[state]])}><Sign aria-hidden="true" />{t(`destinations.deliveries.${state}`)}</span>
}

function DropDialog({ delivery, onClose }: { delivery: Delivery; onClose: () => void }) {
  const { t } = useTranslation()
  const drop = useDoing((api, id: number) => api.dropDelivery(id))
  return (
    <Dialog title={t('destinations.dropTitle')} open onClose={onClose}>
      <p>{t('destinations.dropQuestion', { type: delivery.type, destination: delivery.destination })}</p>
      {drop.isError && <ProblemView compact error={drop.error} />}
      <DialogActions>
        <Button onPress={onClose}>{t('action.cancel')}</Button>
        <Button kind="danger" isDisabled={drop.isPending} onPress={() => drop.mutate(delivery.id, { onSuccess: onClose })}>{t('destinations.dropNow')}</Button>
      </DialogActions>
    </Dialog>
  )
}

function Pane({ delivery, onClose, onDrop }: { delivery: Delivery; onClose: () => void; onDrop: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const detail = useQuery(deliveryOptions(useApi(), delivery.id, format.language))
  const resend = useDoing((api, id: number) => api.resendDelivery(id))
  const { tell, tellProblem } = useNotices()
  const again = (): void => resend.mutate(delivery.id, { onSuccess: () => tell(t('destinations.resent')), onError: tellProblem })
  const facts = [
    [t('messages.controlId'), delivery.control_id], [t('messages.columns.patient'), delivery.patient_id], [t('messages.columns.accession'), delivery.accession],
    [t('destinations.created'), format.instant(delivery.created)], [t('destinations.sentAt'), format.instant(delivery.sent)],
    [t('destinations.attempts'), delivery.attempts > 0 ? format.number(delivery.attempts) : ''], [t('destinations.next'), format.instant(delivery.next_attempt)],
  ] as const
  return (
    <aside className={messages['pane']} aria-label={t('messages.one')}>
      <header className={messages['head']}>
        <div className={messages['what']}>
          <h2><DeliveryChip state={delivery.state} /> {delivery.type}</h2>
          {delivery.reason !== '' && <p className={messages['reason']}>{said(delivery.reason, t)}</p>}
        </div>
        <Button kind="ghost" icon={<X />} aria-label={t('action.close')} onPress={onClose} />
      </header>
      <div className={messages['body']}>
        <div className={messages['actions']}>
          {delivery.state !== 'waiting' && <Button kind={delivery.state === 'parked' ? 'filled' : 'plain'} icon={<RotateCw />} isDisabled={resend.isPending || delivery.size === 0} onPress={again}>{t('destinations.resend')}</Button>}
          {(delivery.state === 'waiting' || delivery.state === 'parked') && <Button icon={<Trash2 />} onPress={onDrop}>{t('destinations.drop')}</Button>}
        </div>
        <dl className={messages['facts']}>
          {facts.filter(([, value]) => value !== '').map(([label, value]) => <div key={label} className={messages['fact']}><dt>{label}</dt><dd>{value}</dd></div>)}
        </dl>
        {detail.isPending && <QuietBar />}
        {detail.isError && <ProblemView compact error={detail.error} onRetry={() => void detail.refetch()} />}
        {detail.data?.answer && <details className={styles['answer']} open={delivery.state !== 'sent'}><summary>{t('destinations.answer')}</summary><MessageContent content={detail.data.answer} /></details>}
        {detail.data && (delivery.size > 0 ? <MessageContent key={delivery.id} content={detail.data.message} /> : <p>{t('destinations.notMade')}</p>)}
      </div>
    </aside>
  )
}

export function DeliveriesPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const count = useCounted()
  const navigate = useNavigate()
  const { name = '' } = useParams()
  const [state, setState] = useState<DeliveryState | null>(null)
  const [text, setText] = useState('')
  const [selected, setSelected] = useState<number | null>(null)
  const [dropping, setDropping] = useState<Delivery | null>(null)
  const searchBox = useRef<HTMLInputElement>(null)
  const destinations = useDestinations()
  const destination = destinations.data?.find((each) => each.name === name)
  const list = useDeliveries({ destination: name, ...(state && { state }), ...(text.trim() && { text: text.trim() }) })
  const resendAll = useDoing((api, of: string) => api.resendParked(of))
  const { tell, tellProblem } = useNotices()
  const { deliveries } = list
  const index = deliveries.findIndex((each) => each.id === selected)
  const delivery = deliveries[index] ?? null
  const move = (to: number): void => setSelected(deliveries[Math.max(0, Math.min(deliveries.length - 1, to))]?.id ?? null)
  useKeys(t('destinations.title'), [
    { keys: ['ArrowDown', 'j'], label: t('studies.keys.down'), run: () => move(index + 1) },
    { keys: ['ArrowUp', 'k'], label: t('studies.keys.up'), run: () => move(index < 0 ? 0 : index - 1) },
    { keys: ['/'], label: t('studies.keys.search'), run: () => { searchBox.current?.focus(); searchBox.current?.select() } },
    { keys: ['Escape'], label: t('messages.keys.close'), run: () => setSelected(null) },
  ])
  const resend = (): void => resendAll.mutate(name, { onSuccess: (sent) => tell(t('destinations.resentAll', { count: sent })), onError: tellProblem })
  return (
    <div className={messages['screen']}>
      <div className={messages['bar']}>
        <Button kind="ghost" icon={<ArrowLeft />} aria-label={t('destinations.back')} onPress={() => void navigate('/admin/destinations')} />
        <h2>{name}</h2>
        {destination && <DestinationState destination={destination} />}
        <span className={styles['end']}>
          {destination && destination.parked > 0 && <Button kind="filled" icon={<Send />} isDisabled={resendAll.isPending} onPress={resend}>{t('destinations.resendParked', { count: destination.parked, shown: count(destination.parked) })}</Button>}
          {destination && <PauseButton destination={destination} />}
        </span>
      </div>
      <div className={clsx(messages['bar'], styles['filters'])} role="search">
        <SearchBox ref={searchBox} value={text} onChange={setText} label={t('messages.search')} hint={t('messages.searchHint')} clearLabel={t('studies.clearSearch')} onLeave={() => { searchBox.current?.blur(); move(0) }} />
        <ChipGroup label={t('destinations.state')}>
          {deliveryStates.map((each) => <Chip key={each} on={state === each} onClick={() => setState(state === each ? null : each)}>{t(`destinations.deliveries.${each}`)}</Chip>)}
        </ChipGroup>
      </div>
      <QuietBar active={list.isPending || list.isPlaceholderData} />
      <div className={messages['main']}>
        <div className={styles['list']}>
          {destinations.isSuccess && !destination && <Empty title={t('problem.404.title')}><p>{t('destinations.gone', { name })}</p></Empty>}
          {list.isError && deliveries.length === 0 && destination && <ProblemView error={list.error} onRetry={() => void list.refetch()} />}
          {list.isSuccess && deliveries.length === 0 && <Empty icon={<Send aria-hidden="true" />} title={t('destinations.nothing')}><p>{state !== null || text !== '' ? t('messages.nothingFoundHow') : t('destinations.nothingHow')}</p></Empty>}
          {deliveries.length > 0 && (
            <table className={styles['table']}>
              <thead>
                <tr>
                  <th scope="col">{t('destinations.created')}</th>
                  <th scope="col">{t('messages.columns.type')}</th>
                  <th scope="col">{t('destinations.state')}</th>
                  <th scope="col">{t('messages.columns.patient')}</th>
                  <th scope="col">{t('messages.columns.accession')}</th>
                  <th scope="col">{t('messages.columns.reason')}</th>
                </tr>
              </thead>
              <tbody>
                {deliveries.map((each) => (
                  <tr key={each.id} className={clsx(each.id === selected && styles['selected'])} onClick={() => setSelected(each.id)}>
                    <td className={styles['nowrap']}><button type="button" className={styles['open']} onClick={() => setSelected(each.id)}>{format.instant(each.created)}</button></td>
                    <td>{each.type}</td>
                    <td><DeliveryChip state={each.state} /></td>
                    <td><bdi>{each.patient_id}</bdi></td>
                    <td><bdi>{each.accession}</bdi></td>
                    <td>{said(each.reason, t)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          {list.hasNextPage && <Button isDisabled={list.isFetchingNextPage} onPress={() => void list.fetchNextPage()}>{t('action.more')}</Button>}
        </div>
        {delivery && <Pane key={delivery.id} delivery={delivery} onClose={() => setSelected(null)} onDrop={() => setDropping(delivery)} />}
      </div>
      {dropping && <DropDialog delivery={dropping} onClose={() => setDropping(null)} />}
    </div>
  )
}
