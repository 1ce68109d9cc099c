/** Two kinds of nothing: no study at all (how they get in), and none that fits the filters. */
import { Inbox, SearchX } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '@/session/session.tsx'
import { useUploadQueue } from '@/session/services.tsx'
import { walkFiles } from '@/uploads/walk.ts'
import { EmergencyOffer } from '@/sight/EmergencyOffer.tsx'
import { Button } from '@/ui/Button.tsx'
import { CopyButton } from '@/ui/CopyButton.tsx'
import { Empty } from '@/ui/Empty.tsx'
import type { FilterState } from './filters.ts'
import styles from './NoStudies.module.css'

export function HowToFill() {
  const { t } = useTranslation()
  const { site } = useSession()
  const queue = useUploadQueue()
  const input = useRef<HTMLInputElement>(null)
  const rows = [
    { label: t('empty.aet'), value: site.aet },
    { label: t('empty.host'), value: site.dicom.host },
    { label: t('empty.port'), value: String(site.dicom.port) },
  ]
  return (
    <Empty icon={<Inbox aria-hidden="true" />} title={t('empty.title')}>
      <p>{t('empty.send')}</p>
      <dl className={styles['address']}>
        {rows.map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd><code>{value}</code><CopyButton text={value} iconOnly label={t('empty.copy', { name: label })} /></dd>
          </div>
        ))}
      </dl>
      <p>{t('empty.drop')}</p>
      <Button kind="filled" onPress={() => input.current?.click()}>{t('uploads.chooseFiles')}</Button>
      <input ref={input} type="file" multiple hidden onChange={(event) => queue.add(walkFiles([...(event.target.files ?? [])]))} />
    </Empty>
  )
}

/** For those who add none: it may be that there are studies which they do not see. */
export function NothingToSee() {
  const { t } = useTranslation()
  return (
    <Empty icon={<Inbox aria-hidden="true" />} title={t('empty.title')}>
      <p>{t('empty.notSeen')}</p>
      <EmergencyOffer />
    </Empty>
  )
}

export function NothingFound({ filters, onClear }: { filters: FilterState; onClear: () => void }) {
  const { t } = useTranslation()
  return (
    <Empty icon={<SearchX aria-hidden="true" />} title={t('empty.nothingFound')}>
      <p>{filters.search !== '' ? t('empty.noMatch', { search: filters.search }) : t('empty.noneWithFilters')}</p>
      <Button onPress={onClear}>{t('studies.clearAll')}</Button>
      <EmergencyOffer wanted={filters.search} />
    </Empty>
  )
}
