/** OHIF in a frame of the same origin, with the workstation's own keys heard inside it too. */
import { useEffect, useRef, useState, type RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import { ohifAddress } from '@/api/dicomweb.ts'
import { protocols, type Layout } from './layouts.ts'
import { changeLayout, currentProtocol, hasVolume } from './ohif.ts'
import styles from './ViewScreen.module.css'

export interface ViewerProps {
  studies: string[]
  layout: Layout
  /** The series with pictures; null until they are known. */
  pictures: readonly string[] | null
  /** A layout of volumes was asked for, and there is none: OHIF would show empty panes and say nothing. */
  onNoVolume: () => void
  /** Keys pressed in the frame, which the window around it does not hear. */
  onKey: (event: KeyboardEvent) => void
}

const LOOK_EVERY = 500

function useVolumeCheck(frame: RefObject<HTMLIFrameElement | null>, { layout, pictures, onNoVolume }: ViewerProps): void {
  const latest = useRef(onNoVolume)
  useEffect(() => {
    latest.current = onNoVolume
  })
  useEffect(() => {
    if (layout === '2d' || pictures === null) return
    const timer = setInterval(() => {
      const found = hasVolume(frame.current?.contentWindow ?? null, pictures)
      if (found === undefined) return
      clearInterval(timer)
      if (!found) latest.current()
    }, LOOK_EVERY)
    return () => clearInterval(timer)
  }, [frame, layout, pictures])
}

export function Viewer(props: ViewerProps) {
  const { studies, layout, onKey } = props
  const { t } = useTranslation()
  const frame = useRef<HTMLIFrameElement>(null)
  // The layout that the page was loaded with; later ones are changed inside it where that works.
  const [loaded, setLoaded] = useState(layout)
  const shown = useRef(layout)
  const flat = useRef('default')
  const latest = useRef(onKey)
  useEffect(() => {
    latest.current = onKey
  })
  useVolumeCheck(frame, props)
  useEffect(() => {
    if (shown.current === layout) return
    const inside = frame.current?.contentWindow ?? null
    if (shown.current === '2d') flat.current = currentProtocol(inside) ?? flat.current
    shown.current = layout
    void changeLayout(inside, layout, flat.current).then((done) => {
      if (!done && shown.current === layout) setLoaded(layout)
    })
  }, [layout])
  const address = ohifAddress(studies, protocols[loaded])
  const listen = (): void => {
    const inside = frame.current?.contentWindow
    inside?.addEventListener('keydown', (event) => latest.current(event))
    inside?.focus()
  }
  // A new address is a new frame: changing `src` in place would leave entries in the history that Back walks through.
  return <iframe key={address} ref={frame} className={styles['viewer']} title={t('view.viewer')} src={address} allow="fullscreen" onLoad={listen} />
}
