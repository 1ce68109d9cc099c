/** A message as a person reads it: its segments with the names of their fields, or as it came. */
import { TriangleAlert } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MessageContent as Content, MessageSegment } from '@/api/exchange_types.ts'
import { said } from '@/i18n/said.ts'
import { Chip, ChipGroup } from '@/ui/Chip.tsx'
import clsx from '@/ui/clsx.ts'
import { CopyButton } from '@/ui/CopyButton.tsx'
import styles from './MessageContent.module.css'
import { parsePlace, segmentAt } from './place.ts'

interface SegmentProps {
  segment: MessageSegment
  /** Number of the field that is at fault; zero for the segment itself, null for none. */
  fault: number | null
}

function Segment({ segment, fault }: SegmentProps) {
  const { t } = useTranslation()
  const at = useRef<HTMLTableRowElement>(null)
  useEffect(() => {
    at.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  const missing = fault !== null && fault > 0 && !segment.fields.some((field) => field.number === fault)
  const note = <span className={styles['faulty']}><TriangleAlert aria-hidden="true" />{t('messages.faultHere')}</span>
  return (
    <>
      <tr ref={fault === 0 ? at : undefined} className={clsx(styles['segment'], fault === 0 && styles['fault'])}>
        <th scope="rowgroup" colSpan={3}><code>{segment.name}</code> {segment.label}{fault === 0 && note}</th>
      </tr>
      {segment.fields.map((field) => (
        <tr key={field.number} ref={fault === field.number ? at : undefined} className={clsx(fault === field.number && styles['fault'])}>
          <td className={styles['number']}><code>{segment.name}-{field.number}</code></td>
          <td className={styles['label']}>{field.label}</td>
          <td className={styles['value']}>
            <bdi>{field.text}</bdi>{field.cut && <span className={styles['cut']}> {t('messages.cut')}</span>}{fault === field.number && note}
          </td>
        </tr>
      ))}
      {missing && (
        <tr ref={at} className={styles['fault']}>
          <td className={styles['number']}><code>{segment.name}-{fault}</code></td>
          <td className={styles['label']} />
          <td className={styles['value']}>{note} {t('messages.isEmpty')}</td>
        </tr>
      )}
    </>
  )
}

export interface MessageContentProps {
  content: Content
  /** Where the fault is, as the server says it. */
  location?: string
}

export function MessageContent({ content, location = '' }: MessageContentProps) {
  const { t } = useTranslation()
  const unreadable = content.segments.length === 0
  const [raw, setRaw] = useState(unreadable)
  const place = parsePlace(location)
  const at = segmentAt(content.segments, place)
  const lines = content.text.replaceAll('\r\n', '\n').replaceAll('\r', '\n')
  return (
    <section className={styles['content']} aria-label={t('messages.content')}>
      <div className={styles['bar']}>
        <ChipGroup label={t('messages.view')}>
          <Chip on={!raw} disabled={unreadable} onClick={() => setRaw(false)}>{t('messages.segments')}</Chip>
          <Chip on={raw} onClick={() => setRaw(true)}>{t('messages.raw')}</Chip>
        </ChipGroup>
        {content.charset !== '' && <span className={styles['charset']}>{content.charset}</span>}
        <CopyButton text={lines} iconOnly label={t('messages.copy')} />
      </div>
      {unreadable && <p className={styles['warning']}>{t('messages.unreadable')}</p>}
      {content.warnings.map((warning) => <p key={warning} className={styles['warning']}><TriangleAlert aria-hidden="true" />{said(warning, t)}</p>)}
      {place && at === null && !unreadable && <p className={styles['warning']}><TriangleAlert aria-hidden="true" />{t('messages.noSegment', { name: place.segment })}</p>}
      {raw ? (
        <pre className={styles['raw']}>{lines}{content.cut && `\n${t('messages.cut')}`}</pre>
      ) : (
        <table className={styles['table']}>
          <tbody>
            {content.segments.map((segment) => (
              <Segment key={segment.number} segment={segment} fault={segment.number === at ? (place?.field ?? null) : null} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
