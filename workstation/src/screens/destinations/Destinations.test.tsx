import { screen, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { renderApp } from '../../../dev/render.tsx'

const settled = { timeout: 15_000 }

describe('destinations', () => {
  it('say since when and why they fail, and are paused', async () => {
    const { user, server } = renderApp('/admin/destinations')
    const row = (await screen.findByRole('link', { name: 'portal' }, settled)).closest('tr')
    expect(row).toHaveTextContent('fails since')
    expect(row).toHaveTextContent('portal refused the connection')
    await user.click(within(row as HTMLElement).getByRole('button', { name: 'Pause' }))
    await vi.waitFor(() => expect(server.exchange.destinations.find(({ name }) => name === 'portal')?.paused).toBe(true), settled)
  }, 30_000)
  it('drop a message only when asked twice', async () => {
    const { user, server } = renderApp('/admin/destinations/portal')
    await user.click(await screen.findByText('it answered AR: unknown patient', undefined, settled))
    await user.click(await screen.findByRole('button', { name: 'Drop' }, settled))
    const dialog = await screen.findByRole('dialog')
    expect(server.exchange.deliveries.some(({ state }) => state === 'dropped')).toBe(false)
    await user.click(within(dialog).getByRole('button', { name: 'Drop it' }))
    await vi.waitFor(() => expect(server.exchange.deliveries.find(({ id }) => id === 2)?.state).toBe('dropped'), settled)
  }, 30_000)
})
