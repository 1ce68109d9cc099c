import { screen, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { FakeServer } from '../../../dev/fake/server.ts'
import { renderApp } from '../../../dev/render.tsx'

const settled = { timeout: 15_000 }

describe('reconciliation', () => {
  it('assigns by keys alone, after it has shown what changes, and takes it back', async () => {
    const { user, server } = renderApp('/inbox/reconciliation')
    await screen.findByRole('button', { name: /ORD1/ }, settled)
    await user.keyboard('1{Enter}')
    const dialog = await screen.findByRole('dialog', undefined, settled)
    const row = (await within(dialog).findByText('Accession Number', undefined, settled)).closest('tr')
    expect(row).toHaveTextContent('TYPO')
    expect(row).toHaveTextContent('ORD1')
    expect(server.log.some((line) => line.endsWith('/assign-order'))).toBe(false)
    await user.keyboard('as said{Enter}')
    expect(await screen.findByText('Assigned to the order.', undefined, settled)).toBeInTheDocument()
    expect(await screen.findByText('as said', undefined, settled)).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Undo the last decision' }))
    await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Undo' }))
    expect(await screen.findByText('The last decision is undone.', undefined, settled)).toBeInTheDocument()
  }, 40_000)
  it('is for those who put things right alone', async () => {
    const { server } = renderApp('/inbox/reconciliation', { server: new FakeServer({ role: 'user' }) })
    expect(await screen.findByText('You are not allowed to do this')).toBeInTheDocument()
    expect(server.log.filter((line) => line.includes('reconciliation'))).toEqual([])
  })
})

describe('the rules', () => {
  it('change their order', async () => {
    const { user, server } = renderApp('/admin/rules')
    await user.click(await screen.findByRole('button', { name: 'Move Ultrasound without order up' }, settled))
    await screen.findAllByRole('row', undefined, settled)
    await vi.waitFor(() => expect(server.reconciliation.rules.find(({ id }) => id === '2')?.position).toBe(1), settled)
  }, 30_000)
})
