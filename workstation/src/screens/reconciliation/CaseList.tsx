/** The studies that wait: what they are, what does not fit, each to be opened or dragged. */
import { ImageOff, TriangleAlert } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { leading } from '@/format/modality.ts'
import { useFormat } from '@/format/use_format.ts'
import clsx from '@/ui/clsx.ts'
import { PersonName } from '@/ui/PersonName.tsx'
import type { Case } from './queries.ts'
import styles from './Reconciliation.module.css'

export const dragType = 'application/x-steckel-study'

export function StudyPicture({ uid, size }: { uid: string; size: number }) {
  const [failed, setFailed] = useState(false)
  return (
    <span className={styles['picture']} style={{ width: size, height: size }}>
      {failed ? <ImageOff aria-hidden="true" />
        : <img src={`/dicomweb/studies/${uid}/thumbnail?viewport=160,160`} width={size} height={size} alt="" loading="lazy" draggable={false} onError={() => setFailed(true)} />}
    </span>
  )
}

interface ItemProps {
  item: Case
  chosen: boolean
  onChoose: () => void
}

function Item({ item, chosen, onChoose }: ItemProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const at = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (chosen) at.current?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  const { study, own } = item.first
  const what = [leading(study.modalities).join(' '), study.description, format.date(study.date), own.accession].filter(Boolean).join(' · ')
  return (
    <li>
      <button ref={at} type="button" draggable aria-current={chosen || undefined} className={clsx(styles['case'], chosen && styles['chosen'])} onClick={onChoose}
        onDragStart={(event) => {
          event.dataTransfer.setData(dragType, item.uid)
          event.dataTransfer.effectAllowed = 'link'
          onChoose()
        }}>
        <StudyPicture uid={item.uid} size={44} />
        <span className={styles['facts']}>
          <span className={styles['who']}><PersonName name={own.patient.name} /> <bdi className={styles['quiet']}>{own.patient.id}</bdi><span className={styles['when']}>{format.instant(item.first.at)}</span></span>
          <span className={styles['what']}>{what}</span>
          <span className={styles['kinds']}>
            {item.kinds.map((kind) => <span key={kind} className={styles['kind']}><TriangleAlert aria-hidden="true" />{t(`reconciliation.kinds.${kind}`)}</span>)}
          </span>
        </span>
      </button>
    </li>
  )
}

export interface CaseListProps {
  cases: readonly Case[]
  chosen: string | null
  onChoose: (uid: string) => void
}

export function CaseList({ cases, chosen, onChoose }: CaseListProps) {
  const { t } = useTranslation()
  return (
    <ul className={styles['cases']} aria-label={t('inbox.reconciliation')}>
      {cases.map((item) => <Item key={item.uid} item={item} chosen={item.uid === chosen} onChoose={() => onChoose(item.uid)} />)}
    </ul>
  )
}
