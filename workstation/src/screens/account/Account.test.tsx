import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { renderApp } from '../../../dev/render.tsx'

describe('the own account', () => {
  it('gets an authenticator application, which is removed with the password', async () => {
    const { user, server } = renderApp('/account')
    await user.click(await screen.findByRole('button', { name: 'Add an authenticator application' }))
    await user.type(await screen.findByLabelText('Current password'), 'nope{Enter}')
    expect(await screen.findByText('This is not the current password.')).toBeInTheDocument()
    await user.clear(screen.getByLabelText('Current password'))
    await user.type(screen.getByLabelText('Current password'), 'demo{Enter}')
    await user.type(await screen.findByLabelText('Code'), '000000{Enter}')
    expect(await screen.findByText('the code is wrong: check the clock of the telephone')).toBeInTheDocument()
    await user.type(screen.getByLabelText('Code'), '123456{Enter}')
    await user.click(await screen.findByRole('button', { name: 'I have kept them' }))
    expect(await screen.findByText('10 recovery codes left')).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Remove' }))
    await user.type(await screen.findByLabelText('Current password'), 'demo{Enter}')
    await waitFor(() => expect(server.access.factors.totp_since).toBeNull())
  })
  it('shows its own sessions and ends the others', async () => {
    const { user, server } = renderApp('/account')
    const table = within(await screen.findByRole('region', { name: 'Sessions' }))
    expect(table.getByText('Chrome, Windows')).toBeInTheDocument()
    expect(table.queryByText('10.20.3.2')).toBeNull()
    await user.click(table.getByRole('button', { name: 'End' }))
    await waitFor(() => expect(server.access.sessions.map(({ id }) => id)).toEqual(['s1', 's3']))
  })
  it('says after how long its screen is locked, no later than the site does', async () => {
    const { user, server } = renderApp('/account')
    const choice = await screen.findByLabelText(/Lock the screen when nobody/)
    expect(within(choice).queryByRole('option', { name: '30 minutes' })).toBeNull()
    await user.selectOptions(choice, '5 minutes')
    await waitFor(() => expect(server.session.preferences.lock_minutes).toBe(5))
  })
})

describe('the administration of logins', () => {
  it('lets in whom wrong attempts hold up', async () => {
    const { user } = renderApp('/admin/login')
    expect(await screen.findByText('account sec1')).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Let in again' }))
    expect(await screen.findByText('Nobody is held up.')).toBeInTheDocument()
  })
  it('asks a second factor of roles', async () => {
    const { user, server } = renderApp('/admin/login')
    await user.type(await screen.findByLabelText('Roles that need a second factor'), 'admin')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(server.access.factorRoles).toEqual(['admin']))
  })
})
