/** What the workstation asks of an OHIF that runs in a frame of the same origin: OHIF puts its services on its window. */
import { protocols, type Layout } from './layouts.ts'

interface OhifWindow extends Window {
  commandsManager?: { runCommand: (name: string, options: { protocolId: string }) => unknown }
  services?: { hangingProtocolService?: { getState: () => { protocolId?: string } } }
}

/** OHIF's own choice for this study, where it was not asked for one. */
export function currentProtocol(frame: Window | null): string | undefined {
  const { services } = (frame ?? {}) as Partial<OhifWindow>
  return services?.hangingProtocolService?.getState().protocolId
}

/** Changes the layout without loading the viewer again; false when that cannot be done. */
export async function changeLayout(frame: Window | null, layout: Layout, flat: string): Promise<boolean> {
  const { commandsManager } = (frame ?? {}) as Partial<OhifWindow>
  if (!commandsManager) return false
  try {
    return (await commandsManager.runCommand('setHangingProtocol', { protocolId: protocols[layout] ?? flat })) === true
  } catch {
    // Whatever OHIF throws: it is loaded again with the layout in its address.
    return false
  }
}

/** Scripts and style sheets that a page names. Not by DOMParser: it would hold the page's inline styles against our policy. */
export const namedFiles = (page: string): string[] =>
  [...page.matchAll(/<(?:script\b[^>]*\ssrc|link\b(?=[^>]*\srel="stylesheet")[^>]*\shref)="([^"]+)"/g)].map((match) => match[1] ?? '')

/** Fetches what the viewer's page needs first, so that the first study opens from the cache. */
export async function warmUp(signal: AbortSignal): Promise<void> {
  const response = await fetch('/ohif/viewer', { signal, credentials: 'same-origin' })
  if (!response.ok) return
  const known = new Set([...document.head.querySelectorAll('link[rel=prefetch]')].map((link) => link.getAttribute('href')))
  for (const address of namedFiles(await response.text())) {
    if (known.has(address)) continue
    const link = document.createElement('link')
    link.rel = 'prefetch'
    link.href = address
    document.head.append(link)
  }
}
