/** Whether somebody still sits there: hears every touch, in the viewer's frame too, and in the other tabs of this browser. */
import { useEffect, useRef } from 'react'

const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const
const stored = 'steckel.touched'
const lookEvery = 2_000
const tellEvery = 5_000

function lastInOtherTabs(): number {
  try {
    return Number(localStorage.getItem(stored) ?? 0)
  } catch {
    return 0
  }
}

function tellOtherTabs(moment: number): void {
  try {
    localStorage.setItem(stored, String(moment))
  } catch {
    // A browser that keeps nothing: each tab counts for itself.
  }
}

/** The frames of this page whose content is ours. */
function* framesOf(page: Document): Generator<Window> {
  for (const frame of page.querySelectorAll('iframe')) {
    const inside = frame.contentWindow
    try {
      if (inside?.document) yield inside
    } catch {
      // Of another origin: what happens in it is not told.
    }
  }
}

/** Calls when nothing was touched for some minutes; never for 0. By the clock on the wall, so that a computer that slept is locked as it wakes. */
export function useIdle(minutes: number, onIdle: () => void): void {
  const latest = useRef(onIdle)
  useEffect(() => {
    latest.current = onIdle
  })
  useEffect(() => {
    if (minutes <= 0) return
    let touched = Date.now()
    let told = 0
    const heard = new Map<Window, Document>()
    const touch = (): void => {
      touched = Date.now()
      if (touched - told > tellEvery) {
        told = touched
        tellOtherTabs(touched)
      }
    }
    const hear = (target: Window): void => {
      if (heard.get(target) === target.document) return
      heard.set(target, target.document)
      for (const sign of signs) target.addEventListener(sign, touch, { capture: true, passive: true })
    }
    const look = (): void => {
      for (const frame of framesOf(document)) hear(frame)
      if (Date.now() - Math.max(touched, lastInOtherTabs()) >= minutes * 60_000) latest.current()
    }
    hear(window)
    const timer = setInterval(look, lookEvery)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
      for (const target of heard.keys()) for (const sign of signs) target.removeEventListener(sign, touch, { capture: true })
    }
  }, [minutes])
}
