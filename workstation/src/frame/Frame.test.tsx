import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { FakeServer } from '../../dev/fake/server.ts'
import { renderApp } from '../../dev/render.tsx'
import type { UploadLine } from '@/api/types.ts'

describe('the command palette', () => {
  it('finds patients and opens the first with Enter', async () => {
    const { user } = renderApp('/studies')
    await screen.findByRole('grid')
    await user.keyboard('{Control>}k{/Control}')
    await user.type(await screen.findByRole('combobox'), 'yamada')
    const option = await screen.findByRole('option', { name: /YAMADA Tarou.*JP-0021/ })
    expect(option).toHaveAttribute('aria-selected', 'true')
    await user.keyboard('{Enter}')
    expect(await screen.findByRole('region', { name: 'Patient' })).toHaveTextContent('JP-0021')
  })
  it('finds screens whatever the accents', async () => {
    const { user } = renderApp('/patients', { language: 'fr' })
    await user.click(await screen.findByRole('button', { name: /Chercher patients/ }))
    await user.type(await screen.findByRole('combobox'), 'systeme')
    await user.keyboard('{Enter}')
    expect(await screen.findByText('SQLite 3.46, WAL')).toBeInTheDocument()
  })
})

describe('the frame', () => {
  it('lists the keys of the screen', async () => {
    const { user } = renderApp('/studies')
    await screen.findByRole('grid')
    await user.keyboard('?')
    const dialog = await screen.findByRole('dialog', { name: 'Keyboard shortcuts' })
    expect(dialog).toHaveTextContent('Open the study')
    expect(dialog).toHaveTextContent('Search and commands')
  })
  it('says how much waits in the inbox: quarantine, versions, studies that do not fit, messages in error; and hears of more', async () => {
    const { server } = renderApp('/studies')
    expect(await screen.findByRole('link', { name: 'Inbox, 39 waiting' })).toBeInTheDocument()
    server.tell('quarantine', { count: 5 })
    expect(await screen.findByRole('link', { name: 'Inbox, 41 waiting' })).toBeInTheDocument()
  })
  it('changes language and theme at once and keeps them with the account', async () => {
    const { user, server } = renderApp('/inbox/uploads')
    await user.click(await screen.findByRole('button', { name: 'Account of Jeanne Durand' }))
    await user.click(await screen.findByRole('menuitemradio', { name: 'Français' }))
    expect(await screen.findByRole('link', { name: 'Examens' })).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Compte de Jeanne Durand' }))
    await user.click(await screen.findByRole('menuitemradio', { name: 'Clair' }))
    await waitFor(() => expect(server.session.preferences).toMatchObject({ language: 'fr', theme: 'light' }))
    expect(document.documentElement.dataset['theme']).toBe('light')
  })
  it('hides the administration from those who are no administrators', async () => {
    renderApp('/admin/users', { server: new FakeServer({ role: 'user' }) })
    expect(await screen.findByRole('heading', { name: 'API tokens' })).toBeInTheDocument()
    expect(screen.queryByRole('link', { name: 'Admin' })).not.toBeInTheDocument()
  })
})

describe('a session that ends', () => {
  it('is renewed over the screen, which stays as it is', async () => {
    const { user, server } = renderApp('/studies?search=yamada')
    await screen.findByRole('grid')
    server.loggedIn = false
    await user.click(screen.getByRole('button', { name: 'CT' }))
    const dialog = await screen.findByRole('dialog', { name: 'Please log in again' })
    await user.type(within(dialog).getByLabelText('Password'), 'demo')
    await user.click(within(dialog).getByRole('button', { name: 'Log in' }))
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument())
    expect(screen.getByLabelText('Search studies')).toHaveValue('yamada')
  })
})

describe('a broken line', () => {
  it('is told, and heals by itself', async () => {
    const { user } = renderApp('/studies')
    await screen.findByRole('grid')
    const working = globalThis.fetch
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
    await user.click(screen.getByRole('button', { name: 'CT' }))
    expect(await screen.findByText(/Connection lost/)).toBeInTheDocument()
    vi.stubGlobal('fetch', working)
    window.dispatchEvent(new Event('online'))
    await waitFor(() => expect(screen.queryByText(/Connection lost/)).not.toBeInTheDocument())
  })
})

describe('uploads', () => {
  const line = (name: string): UploadLine => ({
    name, outcome: name.startsWith('bad') ? 'quarantined' : 'stored', reason: name.startsWith('bad') ? 'Truncated.' : '', study_uid: '1.2.3',
    series_uid: null, sop_instance_uid: null, warnings: [],
  })

  it('are told in the top bar and line by line, on whatever screen they began', async () => {
    const { user } = renderApp('/inbox/uploads', {
      send: (_file, path, { onLine }) => {
        onLine(line(path))
        return { done: Promise.resolve(), abort: () => undefined }
      },
    })
    const input = await screen.findByTestId('upload-files')
    await user.upload(input, [new File(['x'], 'a.dcm'), new File(['x'], 'bad.dcm')])
    expect(await screen.findByText('Truncated.')).toBeInTheDocument()
    expect(screen.getByText('a.dcm')).toBeInTheDocument()
    await user.click(screen.getByRole('link', { name: 'Studies' }))
    expect(await screen.findByRole('button', { name: 'Uploaded, 1 needs attention' })).toBeInTheDocument()
  })

  it('begin where files are dropped, on any screen', async () => {
    const sent: string[] = []
    renderApp('/patients', {
      send: (_file, path) => {
        sent.push(path)
        return { done: Promise.resolve(), abort: () => undefined }
      },
    })
    await screen.findByRole('grid')
    const drop = Object.assign(new Event('drop', { cancelable: true }), { dataTransfer: { types: ['Files'], items: [], files: [new File(['x'], 'd.dcm')] } })
    window.dispatchEvent(drop)
    await waitFor(() => expect(sent).toEqual(['d.dcm']))
    expect(drop.defaultPrevented).toBe(true)
  })
})
