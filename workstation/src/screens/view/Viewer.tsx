/** OHIF in a frame of the same origin, with the workstation's own keys heard inside it too. */
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { ohifAddress } from '@/api/dicomweb.ts'
import { protocols, type Layout } from './layouts.ts'
import styles from './ViewScreen.module.css'

export interface ViewerProps {
  studies: string[]
  layout: Layout
  /** Keys pressed in the frame, which the window around it does not hear. */
  onKey: (event: KeyboardEvent) => void
}

export function Viewer({ studies, layout, onKey }: ViewerProps) {
  const { t } = useTranslation()
  const frame = useRef<HTMLIFrameElement>(null)
  const latest = useRef(onKey)
  useEffect(() => {
    latest.current = onKey
  })
  const address = ohifAddress(studies, protocols[layout])
  const listen = (): void => {
    const inside = frame.current?.contentWindow
    inside?.addEventListener('keydown', (event) => latest.current(event))
    inside?.focus()
  }
  // A new address is a new frame: changing `src` in place would leave entries in the history that Back walks through.
  return <iframe key={address} ref={frame} className={styles['viewer']} title={t('view.viewer')} src={address} allow="fullscreen" onLoad={listen} />
}
