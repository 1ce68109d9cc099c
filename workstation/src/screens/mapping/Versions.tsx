/** All versions of a profile, the newest first; an older one can be brought back. */
import { CircleCheck, Eye, History, Power } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Profile } from '@/api/exchange_types.ts'
import { useFormat } from '@/format/use_format.ts'
import { Button } from '@/ui/Button.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import styles from './Mapping.module.css'
import { useActivate, useRetire, useVersions } from './queries.ts'

export function Versions({ name, onLoad }: { name: string; onLoad: (version: Profile) => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const versions = useVersions(name)
  const activate = useActivate()
  const retire = useRetire()
  const { tell, tellProblem } = useNotices()
  if (versions.isError) return <ProblemView compact error={versions.error} onRetry={() => void versions.refetch()} />
  const list = versions.data ?? []
  if (list.length === 0) return null
  const bring = (version: Profile): void => activate.mutate({ name, version: version.version }, {
    onSuccess: (kept) => {
      onLoad(kept)
      tell(t('mapping.activated', { version: version.version, as: kept.version }))
    },
    onError: tellProblem,
  })
  return (
    <section className={styles['versions']} aria-label={t('mapping.versions')}>
      <h2>{t('mapping.versions')}</h2>
      <table className={styles['table']}>
        <tbody>
          {list.map((version) => (
            <tr key={version.version}>
              <td className={styles['nowrap']}>{t('mapping.number', { version: version.version })}</td>
              <td className={styles['nowrap']}>{format.instant(version.at)}</td>
              <td>{version.by}</td>
              <td>{version.active && <span className={styles['good']}><CircleCheck aria-hidden="true" />{t('mapping.inForce')}</span>}</td>
              <td className={styles['buttons']}>
                <Button kind="ghost" icon={<Eye />} aria-label={t('mapping.show', { version: version.version })} onPress={() => onLoad(version)} />
                {version.active
                  ? <Button icon={<Power />} isDisabled={retire.isPending} onPress={() => retire.mutate(name, { onSuccess: () => tell(t('mapping.retired', { name })), onError: tellProblem })}>{t('mapping.retire')}</Button>
                  : <Button icon={<History />} isDisabled={activate.isPending} onPress={() => bring(version)}>{t('mapping.activate')}</Button>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
