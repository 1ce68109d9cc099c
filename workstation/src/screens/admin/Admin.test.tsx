import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { renderApp } from '../../../dev/render.tsx'
import { isAeTitle } from './AeForm.tsx'

describe('remote AEs', () => {
  it('are tested before they are saved', async () => {
    const { user, server } = renderApp('/admin/ae')
    await user.click(await screen.findByRole('button', { name: 'Add a remote AE' }))
    const dialog = within(await screen.findByRole('dialog'))
    await user.type(dialog.getByLabelText('AE title'), 'PACS2')
    await user.type(dialog.getByLabelText('Host'), 'bad.example')
    await user.click(dialog.getByRole('button', { name: 'Echo' }))
    expect(await dialog.findByText(/refused the connection/)).toBeInTheDocument()
    expect(server.remoteAes).toHaveLength(2)
    await user.clear(dialog.getByLabelText('Host'))
    await user.type(dialog.getByLabelText('Host'), '10.0.0.9')
    await user.click(dialog.getByRole('button', { name: 'Echo' }))
    expect(await dialog.findByText('Answered in 12 ms')).toBeInTheDocument()
    await user.click(dialog.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(server.remoteAes.at(-1)).toEqual({
      title: 'PACS2', host: '10.0.0.9', port: 104, tls: false, description: '',
      rights: ['store', 'query', 'retrieve'], networks: [], sees: { everything: true, confidential: true, rules: [] }, certificate: '',
    }))
    expect(await screen.findByRole('button', { name: 'PACS2' })).toBeInTheDocument()
  })
  it('have rights, networks, a view and a certificate', async () => {
    const { user, server } = renderApp('/admin/ae')
    await user.click(await screen.findByRole('button', { name: 'Add a remote AE' }))
    const dialog = within(await screen.findByRole('dialog'))
    await user.type(dialog.getByLabelText('AE title'), 'CT1')
    await user.type(dialog.getByLabelText('Host'), '10.0.0.9')
    await user.click(dialog.getByLabelText(/may query/))
    await user.click(dialog.getByLabelText(/may retrieve/))
    await user.type(dialog.getByLabelText('Calls from'), '10.1.0.0/16, 10.2.0.7')
    await user.type(dialog.getByLabelText('Certificate'), 'CN=ct1')
    const sees = dialog.getByLabelText('Sees (JSON)')
    await user.clear(sees)
    expect(dialog.getByText('This is no JSON object.')).toBeInTheDocument()
    expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled()
    await user.type(sees, '{{"rules": [[]}')
    await user.click(dialog.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(server.remoteAes.at(-1)).toMatchObject({
      rights: ['store'], networks: ['10.1.0.0/16', '10.2.0.7'], sees: { rules: [] }, certificate: 'CN=ct1',
    }))
  })
  it('have titles as the standard allows', () => {
    expect(isAeTitle('STORE_SCP 1')).toBe(true)
    expect(isAeTitle('A\\B')).toBe(false)
    expect(isAeTitle('SEVENTEEN_LETTERS')).toBe(false)
    expect(isAeTitle('   ')).toBe(false)
  })
})

describe('users', () => {
  it('are added, and a name that exists is refused in words', async () => {
    const { user, server } = renderApp('/admin/users')
    await user.click(await screen.findByRole('button', { name: 'Add a user' }))
    const dialog = within(await screen.findByRole('dialog'))
    await user.type(dialog.getByLabelText('User name'), 'sec1')
    await user.type(dialog.getByLabelText('Password'), 'long enough')
    await user.click(dialog.getByRole('button', { name: 'Save' }))
    expect(await dialog.findByText('There is an account named sec1 already.')).toBeInTheDocument()
    await user.type(dialog.getByLabelText('User name'), 'b')
    await user.click(dialog.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(server.accounts.map(({ name }) => name)).toContain('sec1b'))
  })
  it('can be disabled, but not oneself', async () => {
    const { user, server } = renderApp('/admin/users')
    await user.click(await screen.findByRole('button', { name: 'Disable' }))
    await waitFor(() => expect(server.accounts.find(({ name }) => name === 'sec1')?.disabled).toBe(true))
    const own = (await screen.findByRole('button', { name: 'admin' })).closest('tr')
    expect(own && within(own).queryByRole('button', { name: 'Disable' })).toBeNull()
  })
})

describe('tokens', () => {
  it('are shown once, in a dialog that is not closed by accident', async () => {
    const { user } = renderApp('/admin/tokens')
    await user.click(await screen.findByRole('button', { name: 'New token' }))
    await user.type(await screen.findByLabelText('Name'), 'robot')
    await user.click(screen.getByRole('button', { name: 'Create' }))
    expect(await screen.findByText(/^stk_/)).toBeInTheDocument()
    await user.keyboard('{Escape}')
    expect(screen.getByText(/^stk_/)).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'I have copied it' }))
    await waitFor(() => expect(screen.queryByText(/^stk_/)).not.toBeInTheDocument())
    expect(await screen.findByRole('cell', { name: 'robot' })).toBeInTheDocument()
  })
})

describe('the system page', () => {
  it('tells room, amounts and processes', async () => {
    renderApp('/admin/system')
    expect(await screen.findByText('182 GB used, 1.2 TB free')).toBeInTheDocument()
    expect(screen.getByRole('cell', { name: 'dicom' })).toBeInTheDocument()
  })
})
