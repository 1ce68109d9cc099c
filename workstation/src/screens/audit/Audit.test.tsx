import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { FakeServer } from '../../../dev/fake/server.ts'
import { renderApp } from '../../../dev/render.tsx'

const settled = { timeout: 15_000 }

describe('the audit trail', () => {
  it('is walked by keys, and answers who saw a patient', async () => {
    const { user, server } = renderApp('/admin/audit')
    await screen.findByRole('grid', { name: 'Audit trail' }, settled)
    await user.keyboard('{ArrowDown}{Enter}')
    const pane = await screen.findByRole('complementary', { name: 'Event' }, settled)
    expect(pane).toHaveTextContent('LEFÈVRE Hélène')
    await user.click(within(pane).getByRole('button', { name: 'Who saw this patient?' }))
    await waitFor(() => expect(server.log.at(-1)).toContain('patient_id=P-0'), settled)
  }, 30_000)
  it('shows failures alone, and gives the same as a table', async () => {
    const { user, server } = renderApp('/admin/audit?account=admin')
    await screen.findByRole('grid', { name: 'Audit trail' }, settled)
    await user.keyboard('f')
    await waitFor(() => expect(server.log.some((line) => line.includes('outcome=failure') && line.includes('account=admin'))).toBe(true), settled)
    expect(screen.getByRole('link', { name: 'Export (CSV)' })).toHaveAttribute('href', '/api/audit/export.csv?outcome=failure&account=admin')
  }, 30_000)
  it('offers the list that a patient is handed out', async () => {
    renderApp('/admin/audit?patient=7')
    const link = await screen.findByRole('link', { name: 'List for the patient' }, settled)
    expect(link).toHaveAttribute('href', '/api/audit/patients/7/log?form=html&language=en')
  }, 30_000)
  it('is not for everybody', async () => {
    renderApp('/admin/audit', { server: new FakeServer({ role: 'user' }) })
    await screen.findByRole('heading', { name: 'API tokens' }, settled)
    expect(screen.queryByRole('link', { name: 'Audit' })).not.toBeInTheDocument()
  }, 30_000)
})
