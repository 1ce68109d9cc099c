import { describe, expect, it, vi } from 'vitest'
import { changeLayout, currentProtocol, hasVolume, warmUp } from './ohif.ts'

const ohif = (runCommand: (name: string, options: object) => unknown, protocolId = 'hpMammo') =>
  ({ commandsManager: { runCommand }, services: { hangingProtocolService: { getState: () => ({ protocolId }) } } }) as unknown as Window

describe('the layout of a running OHIF', () => {
  it('is changed by its own command', async () => {
    const run = vi.fn(() => true)
    expect(await changeLayout(ohif(run), 'mpr', 'default')).toBe(true)
    expect(run).toHaveBeenCalledWith('setHangingProtocol', { protocolId: 'mpr' })
  })
  it('goes back to what OHIF chose at first', async () => {
    const run = vi.fn(() => Promise.resolve(true))
    expect(currentProtocol(ohif(run))).toBe('hpMammo')
    expect(await changeLayout(ohif(run), '2d', 'hpMammo')).toBe(true)
    expect(run).toHaveBeenCalledWith('setHangingProtocol', { protocolId: 'hpMammo' })
  })
  it('is not changed while OHIF is not there, refuses or throws', async () => {
    expect(await changeLayout(null, 'mpr', 'default')).toBe(false)
    expect(await changeLayout({} as Window, 'mpr', 'default')).toBe(false)
    expect(await changeLayout(ohif(() => false), 'mpr', 'default')).toBe(false)
    expect(await changeLayout(ohif(() => { throw new Error('No protocol') }), '3d', 'default')).toBe(false)
  })
})

describe('whether there is a volume', () => {
  const looked = (...sets: object[]) =>
    ({ services: { displaySetService: { getActiveDisplaySets: () => sets } } }) as unknown as Window

  it('is not known before OHIF has looked at every series', () => {
    expect(hasVolume(null, ['1', '2'])).toBeUndefined()
    expect(hasVolume(looked({ SeriesInstanceUID: '1' }), ['1', '2'])).toBeUndefined()
  })
  it('is known when all have been looked at, or one is found', () => {
    expect(hasVolume(looked({ SeriesInstanceUID: '1' }, { SeriesInstanceUID: '2' }), ['1', '2'])).toBe(false)
    expect(hasVolume(looked({ SeriesInstanceUID: '2', isReconstructable: true }), ['1', '2'])).toBe(true)
  })
})

describe('a volume layout', () => {
  /** As in OHIF, the state follows later. */
  const withSeries = (first: string) => {
    let shown = [first]
    const grid = {
      getActiveViewportId: () => 'main',
      getState: () => ({ viewports: new Map([['main', { displaySetInstanceUIDs: shown }]]) }),
      setDisplaySetsForViewports: vi.fn((changes: { displaySetInstanceUIDs: string[] }[]) => {
        setTimeout(() => {
          shown = changes[0]?.displaySetInstanceUIDs ?? []
        })
      }),
    }
    const series = [
      { displaySetInstanceUID: 'localizer', isReconstructable: false, numImageFrames: 1 },
      { displaySetInstanceUID: 'pet', Modality: 'PT', isReconstructable: true, numImageFrames: 300 },
      { displaySetInstanceUID: 'thick', Modality: 'CT', isReconstructable: true, numImageFrames: 60 },
      { displaySetInstanceUID: 'thin', Modality: 'CT', isReconstructable: true, numImageFrames: 120 },
    ]
    const services = { viewportGridService: grid, displaySetService: { getActiveDisplaySets: () => series } }
    const laidOut: string[][] = []
    const runCommand = () => laidOut.push(shown) > 0
    return { grid, laidOut, frame: { commandsManager: { runCommand }, services } as unknown as Window }
  }
  it('is of the largest CT when a localizer is shown', async () => {
    const { laidOut, frame } = withSeries('localizer')
    expect(await changeLayout(frame, 'mpr', 'default')).toBe(true)
    expect(laidOut).toEqual([['thin']])
  })
  it('is of the volume that is shown', async () => {
    const { grid, frame } = withSeries('thick')
    expect(await changeLayout(frame, '3d', 'default')).toBe(true)
    expect(grid.setDisplaySetsForViewports).not.toHaveBeenCalled()
  })
})

describe('warming up', () => {
  it('fetches scripts and styles of the viewer once', async () => {
    const page = '<link rel="icon" href="/ohif/i.png"><link href="/ohif/a.css" rel="stylesheet"><script defer src="/ohif/b.js"></script><script>1</script>'
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(page)))
    await warmUp(new AbortController().signal)
    await warmUp(new AbortController().signal)
    expect([...document.head.querySelectorAll('link[rel=prefetch]')].map((link) => link.getAttribute('href'))).toEqual(['/ohif/a.css', '/ohif/b.js'])
  })
})
