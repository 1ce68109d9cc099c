/** One event: who, what, whose, and what it is in the standard's own words. */
import { FileCode2, Users, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { AuditActor, AuditEvent } from '@/api/audit_types.ts'
import { alphabeticName } from '@/format/name.ts'
import { useFormat } from '@/format/use_format.ts'
import { Button } from '@/ui/Button.tsx'
import styles from './Audit.module.css'

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return <div className={styles['fact']}><dt>{label}</dt><dd>{children}</dd></div>
}

const spelled = (actor: AuditActor): string =>
  [actor.display, actor.name, actor.role, actor.via, actor.address].filter(Boolean).join(' · ')

export interface AuditPaneProps {
  event: AuditEvent
  onClose: () => void
  onOnlyPatient: (patientId: string) => void
}

export function AuditPane({ event, onClose, onOnlyPatient }: AuditPaneProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const { patient, study } = event
  return (
    <aside className={styles['pane']} aria-label={t('audit.one')}>
      <header className={styles['head']}>
        <div className={styles['what']}>
          <h2>{t(`audit.kinds.${event.kind}`)}</h2>
          {event.outcome !== 0 && <p className={styles['failed']}>{[t('audit.failed'), event.reason].filter(Boolean).join(': ')}</p>}
          {event.outcome === 0 && event.reason !== '' && <p>{event.reason}</p>}
        </div>
        <Button kind="ghost" icon={<X />} aria-label={t('action.close')} onPress={onClose} />
      </header>
      <div className={styles['body']}>
        <dl className={styles['facts']}>
          <Fact label={t('audit.columns.at')}>{format.instant(event.at)}</Fact>
          {event.actors.map((actor) => <Fact key={`${actor.part} ${actor.name}`} label={t(`audit.parts.${actor.part}`)}><bdi>{spelled(actor)}</bdi></Fact>)}
          {patient && (
            <Fact label={t('audit.columns.patient')}>
              <bdi>{[alphabeticName(patient.name), patient.id, patient.issuer].filter(Boolean).join(' · ')}</bdi>
              {patient.id !== '' && <Button kind="ghost" icon={<Users />} onPress={() => onOnlyPatient(patient.id)}>{t('audit.whoSaw')}</Button>}
            </Fact>
          )}
          {study && <Fact label={t('audit.columns.study')}><code>{[study.accession, study.uid].filter(Boolean).join(' · ')}</code></Fact>}
          {study !== null && study.instances > 0 && <Fact label={t('audit.instances')}>{format.number(study.instances)}</Fact>}
          {event.query !== '' && <Fact label={t('audit.query')}><code>{event.query}</code></Fact>}
          {event.things.map((thing) => <Fact key={thing.id} label={t('audit.object')}><code>{[thing.name, thing.id].filter(Boolean).join(' · ')}</code></Fact>)}
          {Object.entries(event.details).map(([name, value]) => <Fact key={name} label={name}><code>{value}</code></Fact>)}
          <Fact label={t('audit.hash')}><code className={styles['hash']}>{event.hash}</code></Fact>
        </dl>
        <a className={styles['link']} href={`/api/audit/events/${encodeURIComponent(event.id)}/message`} target="_blank" rel="noreferrer"><FileCode2 aria-hidden="true" /> {t('audit.message')}</a>
      </div>
    </aside>
  )
}
