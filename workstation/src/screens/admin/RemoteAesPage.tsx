/** Remote application entities: who may be sent to and who may call. The form tests before it saves. */
import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useQueryClient } from '@tanstack/react-query'
import { AE_RIGHTS, type RemoteAe } from '@/api/types.ts'
import { useApi } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import { CopyButton } from '@/ui/CopyButton.tsx'
import { useSession } from '@/session/session.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import styles from './Admin.module.css'
import { AeForm } from './AeForm.tsx'
import { EchoButton } from './EchoButton.tsx'
import { keys, useRemoteAes } from './queries.ts'

function OurAddress() {
  const { t } = useTranslation()
  const { site } = useSession()
  const text = `${site.aet} ${site.dicom.host} ${site.dicom.port}`
  return (
    <p className={styles['lead']}>
      {t('ae.ours', { aet: site.aet, host: site.dicom.host, port: site.dicom.port })} <CopyButton text={text} iconOnly />
    </p>
  )
}

export function RemoteAesPage() {
  const { t } = useTranslation()
  const api = useApi()
  const client = useQueryClient()
  const list = useRemoteAes()
  const { undoable } = useNotices()
  const [editing, setEditing] = useState<RemoteAe | 'new' | null>(null)
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const remove = (ae: RemoteAe): void => {
    setHidden((titles) => new Set([...titles, ae.title]))
    const back = (): void => setHidden((titles) => new Set([...titles].filter((title) => title !== ae.title)))
    undoable({
      text: t('ae.removed', { title: ae.title }),
      commit: async (leaving) => {
        await api.deleteAe(ae.title, leaving)
        await client.invalidateQueries({ queryKey: keys.ae })
        back()
      },
      onUndo: back,
    })
  }
  if (list.isPending) return <QuietBar />
  if (list.isError) return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  const shown = list.data.filter((ae) => !hidden.has(ae.title))
  return (
    <div className={styles['page']}>
      <OurAddress />
      <Button kind="filled" icon={<Plus />} onPress={() => setEditing('new')}>{t('ae.add')}</Button>
      {shown.length === 0 ? <p className={styles['lead']}>{t('ae.none')}</p> : (
        <table className={styles['table']}>
          <thead>
            <tr>
              <th scope="col">{t('ae.title')}</th>
              <th scope="col">{t('ae.host')}</th>
              <th scope="col">{t('ae.port')}</th>
              <th scope="col">{t('ae.security')}</th>
              <th scope="col">{t('ae.may')}</th>
              <th scope="col">{t('ae.description')}</th>
              <th scope="col"><span className="visually-hidden">{t('inbox.columns.actions')}</span></th>
            </tr>
          </thead>
          <tbody>
            {shown.map((ae) => (
              <tr key={ae.title}>
                <td><button type="button" className={styles['link']} onClick={() => setEditing(ae)}>{ae.title}</button></td>
                <td>{ae.host}</td>
                <td>{ae.port}</td>
                <td>{ae.tls ? t('ae.tls') : t('ae.plain')}</td>
                <td>{(ae.rights ?? AE_RIGHTS).map((right) => t(`ae.right.${right}`)).join(', ')}</td>
                <td>{ae.description}</td>
                <td>
                  <span className={styles['actions']}>
                    <EchoButton echo={() => api.echoAe(ae.title)} />
                    <Button kind="ghost" icon={<Trash2 />} aria-label={t('ae.remove', { title: ae.title })} onPress={() => remove(ae)} />
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {editing !== null && <AeForm ae={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </div>
  )
}
