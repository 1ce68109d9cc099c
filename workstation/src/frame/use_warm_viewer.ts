/** Loads the viewer ahead of its first use, once nothing else is to be done. */
import { useEffect } from 'react'
import { warmUp } from '@/screens/view/ohif.ts'

const quiet = 2_500

export function useWarmViewer(): void {
  useEffect(() => {
    const abort = new AbortController()
    // A failure costs nothing: the viewer then loads when it is opened.
    const timer = setTimeout(() => void warmUp(abort.signal).catch(() => undefined), quiet)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [])
}
