/** Objects that could not be archived, with the reason; they can be tried again, looked at, or thrown away. */
import { Download, PackageCheck, RotateCw, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { quarantineFile } from '@/api/api.ts'
import type { QuarantineItem } from '@/api/types.ts'
import { useFormat } from '@/format/use_format.ts'
import { said } from '@/i18n/said.ts'
import { useApi } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import { Empty } from '@/ui/Empty.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import styles from './Inbox.module.css'
import { useInboxRefresh, useQuarantine, useReplay } from './queries.ts'

function Actions({ item, onDelete }: { item: QuarantineItem; onDelete: () => void }) {
  const { t } = useTranslation()
  const { tell, tellProblem } = useNotices()
  const replay = useReplay()
  const again = (): void => replay.mutate(item.id, {
    onSuccess: (line) => tell([t('inbox.replayed', { outcome: t(`uploads.outcomes.${line.outcome}`) }), said(line.reason, t)].filter(Boolean).join(' · ')),
    onError: tellProblem,
  })
  return (
    <span className={styles['actions']}>
      <Button icon={<RotateCw />} isDisabled={replay.isPending} onPress={again}>{t('inbox.replay')}</Button>
      <a className={styles['download']} href={quarantineFile(item.id)} download={item.name} aria-label={t('inbox.download')} title={t('inbox.download')}><Download aria-hidden="true" /></a>
      <Button kind="ghost" icon={<Trash2 />} aria-label={t('inbox.delete')} onPress={onDelete} />
    </span>
  )
}

/** Without the file's name, which has a column of its own. */
function fromWhere({ name, source }: QuarantineItem): string[] {
  const sender = source.name.endsWith(name) ? source.name.slice(0, -name.length).replace(/\/$/, '') : source.name
  return [source.way, sender, source.address].filter(Boolean)
}

export function QuarantinePage() {
  const { t } = useTranslation()
  const format = useFormat()
  const api = useApi()
  const list = useQuarantine()
  const refresh = useInboxRefresh()
  const { undoable } = useNotices()
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const remove = (item: QuarantineItem): void => {
    setHidden((ids) => new Set([...ids, item.id]))
    undoable({
      text: t('inbox.deleted', { name: item.name }),
      commit: (leaving) => api.deleteQuarantined(item.id, leaving).then(refresh),
      onUndo: () => setHidden((ids) => new Set([...ids].filter((id) => id !== item.id))),
    })
  }
  const items = list.items.filter((item) => !hidden.has(item.id))
  if (list.isPending) return <QuietBar />
  if (list.isError && items.length === 0) return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  if (items.length === 0) {
    return <Empty icon={<PackageCheck aria-hidden="true" />} title={t('inbox.quarantineEmpty')}><p>{t('inbox.quarantineHow')}</p></Empty>
  }
  return (
    <div className={styles['page']}>
      <p className={styles['lead']}>{t('inbox.quarantineLead', { count: list.count })}</p>
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">{t('inbox.columns.received')}</th>
            <th scope="col">{t('inbox.columns.name')}</th>
            <th scope="col">{t('inbox.columns.source')}</th>
            <th scope="col">{t('inbox.columns.size')}</th>
            <th scope="col">{t('inbox.columns.reason')}</th>
            <th scope="col"><span className="visually-hidden">{t('inbox.columns.actions')}</span></th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={item.id}>
              <td className={styles['nowrap']}>{format.instant(item.received)}</td>
              <td className={styles['name']}><bdi>{item.name}</bdi></td>
              <td>{fromWhere(item).join(' · ')}</td>
              <td className={styles['nowrap']}>{format.bytes(item.size)}</td>
              <td className={styles['reason']}>{said(item.reason, t)}</td>
              <td><Actions item={item} onDelete={() => remove(item)} /></td>
            </tr>
          ))}
        </tbody>
      </table>
      {list.hasNextPage && <Button isDisabled={list.isFetchingNextPage} onPress={() => void list.fetchNextPage()}>{t('action.more')}</Button>}
    </div>
  )
}
