/** Short messages at the bottom of the page, among them the ones that offer Undo. */
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { CircleAlert, CircleCheck, X } from 'lucide-react'
import { Button } from './Button.tsx'
import clsx from './clsx.ts'
import { explain } from './ProblemView.tsx'
import styles from './Notices.module.css'

interface Notice {
  id: number
  kind: 'done' | 'problem'
  text: string
  detail?: string
  undo?: () => void
}

export interface Undoable {
  text: string
  /** What happens when nobody takes it back. `leaving` is true when the page goes away just then. */
  commit: (leaving: boolean) => Promise<void>
  onUndo: () => void
}

interface NoticesApi {
  tell: (text: string) => void
  tellProblem: (error: unknown) => void
  undoable: (action: Undoable) => void
}

const NoticesContext = createContext<NoticesApi | null>(null)

const shownFor = 5_000
const undoFor = 7_000

export function useNotices(): NoticesApi {
  const api = useContext(NoticesContext)
  if (!api) throw new Error('NoticesProvider is missing')
  return api
}

export function NoticesProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const [notices, setNotices] = useState<Notice[]>([])
  const nextId = useRef(1)
  const pending = useRef(new Map<number, (leaving: boolean) => void>())

  const remove = useCallback((id: number) => setNotices((list) => list.filter((notice) => notice.id !== id)), [])
  const show = useCallback((notice: Omit<Notice, 'id'>): number => {
    const id = nextId.current++
    setNotices((list) => [...list.slice(-3), { ...notice, id }])
    return id
  }, [])
  const tellProblem = useCallback((error: unknown) => {
    const { title, advice, reference } = explain(error, t)
    const detail = reference === '' ? advice : `${advice} (${t('problem.reference')} ${reference})`
    const id = show({ kind: 'problem', text: title, detail })
    setTimeout(() => remove(id), shownFor * 3)
  }, [show, remove, t])
  const tell = useCallback((text: string) => {
    const id = show({ kind: 'done', text })
    setTimeout(() => remove(id), shownFor)
  }, [show, remove])
  const undoable = useCallback(({ text, commit, onUndo }: Undoable) => {
    const settle = (): boolean => {
      clearTimeout(timer)
      remove(id)
      return pending.current.delete(id)
    }
    const finish = (leaving: boolean): void => {
      if (!settle()) return
      commit(leaving).catch((error: unknown) => {
        onUndo()
        tellProblem(error)
      })
    }
    const id = show({ kind: 'done', text, undo: () => { if (settle()) onUndo() } })
    const timer = setTimeout(() => finish(false), undoFor)
    pending.current.set(id, finish)
  }, [show, remove, tellProblem])

  useEffect(() => {
    const waiting = pending.current
    const onLeave = (): void => waiting.forEach((finish) => finish(true))
    window.addEventListener('pagehide', onLeave)
    return () => window.removeEventListener('pagehide', onLeave)
  }, [])

  const api = useMemo(() => ({ tell, tellProblem, undoable }), [tell, tellProblem, undoable])
  return (
    <NoticesContext value={api}>
      {children}
      <div className={styles['stack']} aria-live="polite" role="status">
        {notices.map((notice) => (
          <div key={notice.id} className={clsx(styles['notice'], styles[notice.kind])}>
            {notice.kind === 'done' ? <CircleCheck aria-hidden="true" /> : <CircleAlert aria-hidden="true" />}
            <div className={styles['text']}>
              <p>{notice.text}</p>
              {notice.detail !== undefined && <p className={styles['detail']}>{notice.detail}</p>}
            </div>
            {notice.undo && <Button onPress={notice.undo}>{t('action.undo')}</Button>}
            {!notice.undo && <Button kind="ghost" icon={<X />} aria-label={t('action.close')} onPress={() => remove(notice.id)} />}
          </div>
        ))}
      </div>
    </NoticesContext>
  )
}
