/** A destination, new or changed: where it listens, what it hears, and how it is said. */
import { CircleAlert, CircleCheck, Radio } from 'lucide-react'
import { useMutation } from '@tanstack/react-query'
import { useState, type ReactNode, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { Destination, DestinationOptions, DestinationSettings } from '@/api/exchange_types.ts'
import { said } from '@/i18n/said.ts'
import admin from '@/screens/admin/Admin.module.css'
import { useApi } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import { Chip, ChipGroup } from '@/ui/Chip.tsx'
import { CheckField, SelectField, TextField } from '@/ui/Field.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { Dialog, DialogActions } from '@/ui/Overlay.tsx'
import { explain, ProblemView } from '@/ui/ProblemView.tsx'
import styles from './Destinations.module.css'
import { choices, defaults, eventKinds, isName, namedChoices, orderStatuses, reportStatuses, type ChoiceName } from './options.ts'
import { useSaveDestination } from './queries.ts'

const isPort = (port: string): boolean => /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65535
const isWhole = (text: string, low: number, high: number): boolean => /^\d{1,4}$/.test(text) && Number(text) >= low && Number(text) <= high
const lines = (text: string): string[] => [...new Set(text.split(/[,;\n]+/).map((each) => each.trim()).filter(Boolean))]

function TestButton({ settings, disabled }: { settings: DestinationSettings; disabled: boolean }) {
  const { t } = useTranslation()
  const api = useApi()
  const test = useMutation({ mutationFn: () => api.testDestination(settings) })
  const answer = test.data
  return (
    <span className={admin['echo']}>
      <Button icon={<Radio />} isDisabled={disabled || test.isPending} onPress={() => test.mutate()}>{test.isPending ? t('ae.echoing') : t('destinations.test')}</Button>
      <span role="status">
        {answer?.ok === true && <span className={admin['good']}><CircleCheck aria-hidden="true" />{t('destinations.answered', { code: answer.code, milliseconds: Math.round(answer.milliseconds) })}</span>}
        {answer?.ok === false && <span className={admin['bad']}><CircleAlert aria-hidden="true" />{said(answer.message, t)}</span>}
        {test.isError && <span className={admin['bad']}><CircleAlert aria-hidden="true" />{explain(test.error, t).advice}</span>}
      </span>
    </span>
  )
}

interface ManyProps<Value extends string> {
  label: string
  values: readonly Value[]
  chosen: readonly string[]
  nameOf: (value: Value) => string
  onChange: (chosen: string[]) => void
}

function Many<Value extends string>({ label, values, chosen, nameOf, onChange }: ManyProps<Value>) {
  return (
    <div className={styles['field']}>
      <span>{label}</span>
      <ChipGroup label={label}>
        {values.map((value) => (
          <Chip key={value} on={chosen.includes(value)} onClick={() => onChange(values.filter((each) => (each === value) !== chosen.includes(each)))}>{nameOf(value)}</Chip>
        ))}
      </ChipGroup>
    </div>
  )
}

const Group = ({ title, open = false, children }: { title: string; open?: boolean; children: ReactNode }) => (
  <details className={styles['group']} open={open}><summary>{title}</summary><div className={styles['groupBody']}>{children}</div></details>
)

export function DestinationForm({ destination, onClose }: { destination: Destination | null; onClose: () => void }) {
  const { t } = useTranslation()
  const { tell } = useNotices()
  const [name, setName] = useState(destination?.name ?? '')
  const [host, setHost] = useState(destination?.host ?? '')
  const [port, setPort] = useState(String(destination?.port ?? 2575))
  const [tls, setTls] = useState(destination?.tls ?? false)
  const [options, setOptions] = useState<DestinationOptions>({ ...defaults, ...destination?.options })
  const [seconds, setSeconds] = useState(String(options.answer_seconds))
  const [retries, setRetries] = useState(String(options.error_retries))
  const [lists, setLists] = useState({ issuers: options.issuers.join(', '), modalities: options.modalities.join(', '), not_from: options.not_from.join(', ') })
  const save = useSaveDestination()
  const change = (part: Partial<DestinationOptions>): void => setOptions({ ...options, ...part })
  const validUrl = options.viewer_url === '' || (/^https?:\/\/./.test(options.viewer_url) && options.viewer_url.includes('{study}'))
  const valid = isName(name.trim()) && host.trim() !== '' && isPort(port) && isWhole(seconds, 1, 600) && isWhole(retries, 0, 1000) && validUrl
  const settings: DestinationSettings = {
    host: host.trim(), port: Number(port), tls,
    options: {
      ...options, answer_seconds: Number(seconds), error_retries: Number(retries), issuers: lines(lists.issuers),
      modalities: lines(lists.modalities.toUpperCase()), not_from: lines(lists.not_from),
    },
  }
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    if (!valid) return
    save.mutate({ name: name.trim(), settings, isNew: destination === null }, {
      onSuccess: () => {
        tell(t('destinations.saved', { name: name.trim() }))
        onClose()
      },
    })
  }
  const nameOf = (value: string): string => {
    const named = namedChoices.find((each) => each === value)
    return named ? t(`destinations.choices.${named}`) : value || t('destinations.automatic')
  }
  const select = (option: ChoiceName) => (
    <SelectField key={option} label={t(`destinations.options.${option}`)} value={options[option]} onChange={(event) => change({ [option]: event.target.value })}>
      {choices[option].map((value) => <option key={value} value={value}>{nameOf(value)}</option>)}
    </SelectField>
  )
  const list = (option: keyof typeof lists) => (
    <TextField label={t(`destinations.options.${option}`)} hint={t('destinations.listHint')} value={lists[option]} onChange={(event) => setLists({ ...lists, [option]: event.target.value })} />
  )
  return (
    <Dialog title={destination ? t('destinations.change') : t('destinations.add')} open wide onClose={onClose}>
      <form className={admin['form']} onSubmit={submit}>
        <TextField label={t('destinations.name')} required readOnly={destination !== null} maxLength={64} value={name}
          error={name !== '' && !isName(name.trim()) ? t('destinations.badName') : undefined} onChange={(event) => setName(event.target.value)} />
        <div className={admin['pair']}>
          <TextField label={t('ae.host')} required value={host} onChange={(event) => setHost(event.target.value)} />
          <TextField label={t('ae.port')} required inputMode="numeric" value={port} error={isPort(port) ? undefined : t('ae.badPort')} onChange={(event) => setPort(event.target.value)} />
        </div>
        <CheckField label={t('ae.useTls')} checked={tls} onChange={(event) => setTls(event.target.checked)} />
        <TestButton settings={settings} disabled={host.trim() === '' || !isPort(port)} />
        <Many label={t('destinations.options.events')} values={eventKinds} chosen={options.events} nameOf={(value) => t(`destinations.events.${value}`)} onChange={(events) => change({ events })} />
        <Group title={t('destinations.groups.messages')}>
          <div className={styles['pair']}>{(['order_message', 'study_message', 'report_message', 'patient_message', 'report_format', 'text_lines'] as const).map(select)}</div>
          <Many label={t('destinations.options.report_statuses')} values={reportStatuses} chosen={options.report_statuses} nameOf={(value) => t(`report.status.${value}`)} onChange={(report_statuses) => change({ report_statuses })} />
          <Many label={t('destinations.options.order_statuses')} values={orderStatuses} chosen={options.order_statuses} nameOf={(value) => t(`order.status.${value}`)} onChange={(order_statuses) => change({ order_statuses })} />
          <TextField label={t('destinations.options.viewer_url')} hint={t('destinations.urlHint')} value={options.viewer_url} error={validUrl ? undefined : t('destinations.urlHint')} onChange={(event) => change({ viewer_url: event.target.value })} />
        </Group>
        <Group title={t('destinations.groups.filter')}>{list('modalities')}{list('issuers')}{list('not_from')}</Group>
        <Group title={t('destinations.groups.envelope')}>
          <div className={styles['pair']}>
            <TextField label={t('destinations.options.application')} value={options.application} onChange={(event) => change({ application: event.target.value })} />
            <TextField label={t('destinations.options.facility')} value={options.facility} onChange={(event) => change({ facility: event.target.value })} />
            {(['version', 'charset', 'processing'] as const).map(select)}
          </div>
        </Group>
        <Group title={t('destinations.groups.answers')}>
          <div className={styles['pair']}>
            {(['acknowledgement', 'on_reject'] as const).map(select)}
            <TextField label={t('destinations.options.answer_seconds')} inputMode="numeric" value={seconds} error={isWhole(seconds, 1, 600) ? undefined : t('destinations.range', { low: 1, high: 600 })} onChange={(event) => setSeconds(event.target.value)} />
            <TextField label={t('destinations.options.error_retries')} inputMode="numeric" value={retries} error={isWhole(retries, 0, 1000) ? undefined : t('destinations.range', { low: 0, high: 1000 })} onChange={(event) => setRetries(event.target.value)} />
          </div>
        </Group>
        {save.isError && <ProblemView compact error={save.error} />}
        <DialogActions>
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" kind="filled" isDisabled={!valid || save.isPending}>{t('action.save')}</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
