/** What the message means now and what it would mean: beside each other, what changes marked. */
import { ArrowRight, CircleAlert, CircleCheck, Equal, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ProfileTrial, TrialSide } from '@/api/exchange_types.ts'
import { said } from '@/i18n/said.ts'
import { CheckField } from '@/ui/Field.tsx'
import clsx from '@/ui/clsx.ts'
import { compare, type Group } from './compare.ts'
import styles from './Mapping.module.css'

function Outcome({ title, side }: { title: string; side: TrialSide }) {
  const { t } = useTranslation()
  const profile = side.profile.version === 0 ? side.profile.name : t('mapping.version', { name: side.profile.name, version: side.profile.version })
  return (
    <section className={styles['outcome']} aria-label={title}>
      <h3>{title} <span className={styles['quiet']}>{side.profile.name === 'built-in' ? t('mapping.builtIn') : profile}</span></h3>
      {side.fault ? (
        <p className={styles['bad']}><CircleAlert aria-hidden="true" /><span><code>{side.fault.location}</code> {said(side.fault.text, t)}</span></p>
      ) : side.unused !== '' ? (
        <p className={styles['quiet']}>{said(side.unused, t)}</p>
      ) : (
        <p className={styles['good']}><CircleCheck aria-hidden="true" />{t('mapping.understood')}</p>
      )}
      {side.warnings.map((warning) => <p key={warning} className={styles['warning']}><TriangleAlert aria-hidden="true" />{said(warning, t)}</p>)}
    </section>
  )
}

const differing = (group: Group) => group.lines.filter((line) => line.before !== line.after)

const statementKinds = ['patient', 'merge', 'visit', 'order', 'appointment', 'report'] as const
type StatementKind = (typeof statementKinds)[number]
const isKind = (name: string): name is StatementKind => (statementKinds as readonly string[]).includes(name)

export function DryRun({ trial }: { trial: ProfileTrial }) {
  const { t } = useTranslation()
  const [onlyChanges, setOnlyChanges] = useState(true)
  const narrowed = onlyChanges && trial.differs
  const groups = compare(trial).map((group) => (narrowed ? { ...group, lines: differing(group) } : group)).filter((group) => group.lines.length > 0)
  const titleOf = (group: Group): string => {
    if (group.kind === 'worklist') return t('mapping.worklistItem', { number: group.number })
    const name = isKind(group.name) ? t(`mapping.statements.${group.name}`) : group.name
    return group.number > 1 ? `${name} ${group.number}` : name
  }
  return (
    <div className={styles['trial']}>
      <div className={styles['outcomes']}>
        <Outcome title={t('mapping.before')} side={trial.before} />
        <ArrowRight className={styles['arrow']} aria-hidden="true" />
        <Outcome title={t('mapping.after')} side={trial.after} />
      </div>
      {trial.differs
        ? <CheckField label={t('mapping.onlyChanges')} checked={onlyChanges} onChange={(event) => setOnlyChanges(event.target.checked)} />
        : <p className={styles['same']}><Equal aria-hidden="true" />{t('mapping.same')}</p>}
      {groups.length > 0 && (
        <table className={styles['table']} aria-label={t('mapping.trial')}>
          <thead>
            <tr><th scope="col">{t('mapping.attribute')}</th><th scope="col">{t('mapping.before')}</th><th scope="col">{t('mapping.after')}</th></tr>
          </thead>
          {groups.map((group) => (
            <tbody key={`${group.kind} ${group.name} ${group.number}`}>
              <tr className={styles['group']}><th scope="rowgroup" colSpan={3}>{titleOf(group)}</th></tr>
              {group.lines.map((line) => (
                <tr key={line.label} className={clsx(line.before !== line.after && styles['changed'])}>
                  <td className={styles['label']}>{line.label}</td>
                  <td><bdi>{line.before}</bdi></td>
                  <td><bdi>{line.after}</bdi></td>
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      )}
    </div>
  )
}
