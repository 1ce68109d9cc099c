import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { FakeServer } from '../../dev/fake/server.ts'
import { renderApp } from '../../dev/render.tsx'

afterEach(() => {
  vi.useRealTimers()
  localStorage.clear()
})

const covered = () => screen.findByRole('dialog', { name: 'Screen locked' })

describe('the locked screen', () => {
  it('keeps what was typed behind it, and opens with the password', async () => {
    const { user, server } = renderApp('/studies')
    await user.type(await screen.findByRole('searchbox', { name: 'Search studies' }), 'mar')
    await user.keyboard('{Alt>}l{/Alt}')
    await covered()
    await waitFor(() => expect(server.session.standing).toBe('locked'))
    expect(screen.queryByRole('searchbox')).toBeNull()
    await user.type(screen.getByLabelText('Password'), 'wrong')
    await user.click(screen.getByRole('button', { name: 'Open' }))
    expect(await screen.findByText('This is not the current password.')).toBeInTheDocument()
    expect(screen.getByLabelText('Password')).toHaveValue('')
    await user.type(screen.getByLabelText('Password'), 'demo{Enter}')
    expect(await screen.findByRole('searchbox', { name: 'Search studies' })).toHaveValue('mar')
  })
  it('lets no key through to what is behind', async () => {
    const { user } = renderApp('/studies')
    await screen.findByRole('searchbox', { name: 'Search studies' })
    await user.keyboard('{Alt>}l{/Alt}')
    await covered()
    await user.keyboard('{Control>}k{/Control}{Escape}')
    expect(screen.queryByRole('dialog', { name: 'Search and commands' })).toBeNull()
    expect(await covered()).toBeInTheDocument()
  })
  it('comes when nobody touched anything for long enough, and not before', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true })
    const server = new FakeServer()
    server.session.lock = { minutes: 5, longest: 15 }
    renderApp('/studies', { server })
    await screen.findByRole('searchbox', { name: 'Search studies' })
    act(() => void vi.advanceTimersByTime(4.5 * 60_000))
    fireEvent.pointerDown(document.body)
    act(() => void vi.advanceTimersByTime(4.5 * 60_000))
    expect(server.session.standing).toBe('open')
    act(() => void vi.advanceTimersByTime(60_000))
    await covered()
    await waitFor(() => expect(server.session.standing).toBe('locked'))
  })
  it('asks for the login where the session has ended behind it, and shows nothing meanwhile', async () => {
    const { user, server } = renderApp('/studies')
    await user.type(await screen.findByRole('searchbox', { name: 'Search studies' }), 'mar')
    await waitFor(() => expect(server.log.filter((line) => line.includes('search=mar'))).toHaveLength(2))
    await user.keyboard('{Alt>}l{/Alt}')
    await covered()
    await waitFor(() => expect(server.session.standing).toBe('locked'))
    server.loggedIn = false
    await user.type(screen.getByLabelText('Password'), 'demo{Enter}')
    expect(await screen.findByRole('dialog', { name: 'Please log in again' })).toBeInTheDocument()
    expect(screen.queryByRole('searchbox')).toBeNull()
    server.session = { ...server.session, standing: 'open' } // a new session begins open
    await user.type(screen.getByLabelText('Password'), 'demo{Enter}')
    expect(await screen.findByRole('searchbox', { name: 'Search studies' })).toHaveValue('mar')
  })
  it('is there at once on a page that is loaded again, and asks for no data', async () => {
    const server = new FakeServer()
    server.session.standing = 'locked'
    renderApp('/studies', { server })
    await covered()
    expect(server.log.filter((line) => line.includes('/api/studies'))).toEqual([])
  })
  it('comes when the session was locked in another window', async () => {
    const { user, server } = renderApp('/patients')
    await screen.findByRole('grid', { name: 'Patients' })
    server.session = { ...server.session, standing: 'locked' }
    await user.keyboard('{Alt>}1{/Alt}')
    await covered()
  })
})

describe('whoever has to do something first', () => {
  it('chooses another password before any screen is shown', async () => {
    const server = new FakeServer()
    server.session.standing = 'password'
    const { user } = renderApp('/studies', { server })
    await user.type(await screen.findByLabelText('Current password'), 'demo')
    await user.type(screen.getByLabelText('New password'), 'zebra lamps')
    await user.type(screen.getByLabelText('New password again'), 'zebra lamps')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByRole('searchbox', { name: 'Search studies' })).toBeInTheDocument()
  })
  it('sets up a second factor and sees the recovery codes', async () => {
    const server = new FakeServer()
    server.session.standing = 'second-factor'
    const { user } = renderApp('/studies', { server })
    await user.click(await screen.findByRole('button', { name: 'Add an authenticator application' }))
    await user.type(screen.getByLabelText('Current password'), 'demo{Enter}')
    expect(await screen.findByRole('img', { name: 'QR code of the key' })).toBeInTheDocument()
    await user.type(screen.getByLabelText('Code'), '123456{Enter}')
    expect(await screen.findByText('abcd-efgh-jkmn-pq20')).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'I have kept them' }))
    expect(await screen.findByRole('searchbox', { name: 'Search studies' })).toBeInTheDocument()
  })
})
