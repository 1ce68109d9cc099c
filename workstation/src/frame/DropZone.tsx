/** Files, folders and ZIPs can be dropped anywhere on the page. */
import { FileUp } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useUploadQueue } from '@/session/services.tsx'
import { walkDrop } from '@/uploads/walk.ts'
import styles from './Frame.module.css'

const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false

export function DropZone() {
  const { t } = useTranslation()
  const queue = useUploadQueue()
  const [over, setOver] = useState(false)
  useEffect(() => {
    // Entering a child comes before leaving its parent, so the page is left only when as many went as came.
    let inside = 0
    const onEnter = (event: DragEvent): void => {
      if (!carriesFiles(event)) return
      inside += 1
      setOver(true)
    }
    const onLeave = (event: DragEvent): void => {
      if (!carriesFiles(event)) return
      inside = Math.max(0, inside - 1)
      if (inside === 0) setOver(false)
    }
    const onOver = (event: DragEvent): void => {
      if (carriesFiles(event)) event.preventDefault()
    }
    const onDrop = (event: DragEvent): void => {
      if (!carriesFiles(event) || !event.dataTransfer) return
      event.preventDefault()
      inside = 0
      setOver(false)
      queue.add(walkDrop(event.dataTransfer))
    }
    const handlers = { dragenter: onEnter, dragleave: onLeave, dragover: onOver, drop: onDrop }
    for (const [name, handler] of Object.entries(handlers)) window.addEventListener(name, handler as EventListener)
    return () => {
      for (const [name, handler] of Object.entries(handlers)) window.removeEventListener(name, handler as EventListener)
    }
  }, [queue])
  if (!over) return null
  return (
    <div className={styles['drop']}>
      <FileUp aria-hidden="true" />
      <strong>{t('uploads.dropHere')}</strong>
      <span>{t('uploads.dropKinds')}</span>
    </div>
  )
}
