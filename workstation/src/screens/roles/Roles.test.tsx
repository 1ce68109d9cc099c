import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { renderApp } from '../../../dev/render.tsx'

describe('the roles', () => {
  it('say what they may do and see; the administrator’s stays as it is', async () => {
    renderApp('/admin/roles')
    const row = within((await screen.findByText('referring')).closest('tr') ?? document.body)
    expect(row.getByText('of which the user is the referring physician; 1 more rule')).toBeInTheDocument()
    expect(screen.queryByRole('button', { name: 'Administrator' })).not.toBeInTheDocument()
    expect(screen.queryByRole('button', { name: 'Remove the role Administrator' })).not.toBeInTheDocument()
    expect(screen.getByRole('button', { name: 'Copy the role Administrator' })).toBeInTheDocument()
  })

  it('are made of actions and rules', async () => {
    const { user, server } = renderApp('/admin/roles')
    await user.click(await screen.findByRole('button', { name: 'Add a role' }))
    const dialog = within(await screen.findByRole('dialog'))
    await user.type(dialog.getByLabelText('Title'), 'Night ward')
    expect(dialog.getByLabelText('Short name')).toHaveValue('night-ward')
    await user.click(dialog.getByRole('checkbox', { name: 'Open in an emergency' }))
    await user.click(dialog.getByRole('button', { name: 'Leave out: Referring physician' }))
    expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled()
    await user.selectOptions(dialog.getByLabelText('What must it have?'), 'Modality')
    await user.type(dialog.getByLabelText('Modality: one of'), 'ct{Enter}mr{Enter}')
    await user.selectOptions(dialog.getByLabelText('What must it have?'), 'Institution')
    await user.click(dialog.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(server.sight.roles.find(({ name }) => name === 'night-ward')).toEqual({
      name: 'night-ward', title: 'Night ward', actions: ['read', 'emergency'],
      sees: { everything: false, confidential: false, rules: [{ modalities: ['CT', 'MR'], institutions: 'own' }] },
    }))
  }, 20_000)

  it('are copied under another name', async () => {
    const { user, server } = renderApp('/admin/roles')
    await user.click(await screen.findByRole('button', { name: 'Copy the role Researcher' }))
    const dialog = within(await screen.findByRole('dialog'))
    expect(dialog.getByLabelText('Title')).toHaveValue('Researcher (copy)')
    await user.click(dialog.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(server.sight.roles.at(-1)).toMatchObject({ name: 'researcher-copy', sees: { rules: [{ deidentified: true }] } }))
  })

  it('are not removed while somebody has them, and say why', async () => {
    const { user, server } = renderApp('/admin/roles')
    await user.click(await screen.findByRole('button', { name: 'Remove the role Referring physician' }))
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Remove the role' }))
    expect(await screen.findByText('accounts have this role: give them another first')).toBeInTheDocument()
    expect(server.sight.roles.some(({ name }) => name === 'referring')).toBe(true)
  })
})

describe('a user', () => {
  it('has any role, the name that studies have, institutions and departments', async () => {
    const { user, server } = renderApp('/admin/users')
    await user.click(await screen.findByRole('button', { name: 'sec1' }))
    const dialog = within(await screen.findByRole('dialog'))
    await dialog.findByRole('option', { name: 'Referring physician' })
    await user.selectOptions(dialog.getByLabelText('Role'), 'Referring physician')
    await user.type(dialog.getByLabelText('Name in studies'), 'Keller^Nina')
    await user.type(dialog.getByLabelText('Institutions'), 'Clinique du Parc')
    await user.click(dialog.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(server.accounts.find(({ name }) => name === 'sec1')).toMatchObject({
      role: 'referring', person: 'Keller^Nina', institutions: ['Hôpital Démonstration', 'Clinique du Parc'], departments: ['Imagerie'],
    }))
  }, 20_000)
})
