/** What the workstation asks of an OHIF that runs in a frame of the same origin: OHIF puts its services on its window. */
import { protocols, type Layout } from './layouts.ts'

interface DisplaySet {
  displaySetInstanceUID: string
  SeriesInstanceUID?: string
  Modality?: string
  /** Whether its images make a volume. */
  isReconstructable?: boolean
  numImageFrames?: number
  /** One volume after another, as in diffusion. */
  isDynamicVolume?: boolean
}

interface ViewportGrid {
  getActiveViewportId: () => string
  getState: () => { viewports: Map<string, { displaySetInstanceUIDs: string[] }> }
  setDisplaySetsForViewports: (changes: { viewportId: string; displaySetInstanceUIDs: string[] }[]) => void
}

interface OhifWindow extends Window {
  commandsManager?: { runCommand: (name: string, options: { protocolId: string }) => unknown }
  services?: {
    hangingProtocolService?: { getState: () => { protocolId?: string } }
    displaySetService?: { getActiveDisplaySets: () => DisplaySet[] }
    viewportGridService?: ViewportGrid
  }
}

/** OHIF's own choice for this study, where it was not asked for one. */
export function currentProtocol(frame: Window | null): string | undefined {
  const { services } = (frame ?? {}) as Partial<OhifWindow>
  return services?.hangingProtocolService?.getState().protocolId
}

/** Whether any of these series makes a volume; undefined while OHIF has not looked at all of them. */
export function hasVolume(frame: Window | null, series: readonly string[]): boolean | undefined {
  const { services } = (frame ?? {}) as Partial<OhifWindow>
  const sets = services?.displaySetService?.getActiveDisplaySets() ?? []
  if (sets.some((each) => each.isReconstructable)) return true
  const looked = new Set(sets.map((each) => each.SeriesInstanceUID))
  return series.every((uid) => looked.has(uid)) ? false : undefined
}

/** How often, and at most how many times, OHIF is asked whether it has caught up: its state follows in a later rendering. */
const PAUSE = 20
const PATIENCE = 100

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** A CT before the PET of the same study, as a layout that OHIF is loaded with. */
const preference = ['NM', 'PT', 'MR', 'CT']

const rank = ({ Modality = '', numImageFrames = 0, isDynamicVolume }: DisplaySet): number =>
  (isDynamicVolume ? -1 : preference.indexOf(Modality)) * 1e6 + numImageFrames

/** OHIF lays out the series it shows, be it a single localizer: first shows the best volume, unless a volume is shown. */
async function showVolume({ displaySetService, viewportGridService: grid }: NonNullable<OhifWindow['services']>): Promise<void> {
  const volumes = (displaySetService?.getActiveDisplaySets() ?? []).filter((each) => each.isReconstructable)
  const best = volumes.sort((a, b) => rank(b) - rank(a))[0]
  if (!grid || !best) return
  const viewportId = grid.getActiveViewportId()
  const shows = (volume: DisplaySet): boolean =>
    grid.getState().viewports.get(viewportId)?.displaySetInstanceUIDs.includes(volume.displaySetInstanceUID) ?? false
  if (volumes.some(shows)) return
  grid.setDisplaySetsForViewports([{ viewportId, displaySetInstanceUIDs: [best.displaySetInstanceUID] }])
  for (let asked = 0; asked < PATIENCE && !shows(best); asked += 1) await pause(PAUSE)
}

/** Changes the layout without loading the viewer again; false when that cannot be done. */
export async function changeLayout(frame: Window | null, layout: Layout, flat: string): Promise<boolean> {
  const { commandsManager, services } = (frame ?? {}) as Partial<OhifWindow>
  if (!commandsManager) return false
  try {
    if (layout !== '2d') await showVolume(services ?? {})
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
