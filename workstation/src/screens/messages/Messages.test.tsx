import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { FakeServer } from '../../../dev/fake/server.ts'
import { renderApp } from '../../../dev/render.tsx'

const settled = { timeout: 15_000 }

describe('the messages', () => {
  it('are found by state, opened by keys, and show where the fault is', async () => {
    const { user, server } = renderApp('/inbox/messages?state=error')
    await screen.findAllByText('OBR-18', undefined, settled)
    await user.keyboard('{ArrowDown}{Enter}')
    const pane = await screen.findByRole('complementary', { name: 'Message' }, settled)
    const fault = (await within(pane).findByText('the fault is here', undefined, settled)).closest('tr')
    expect(fault).toHaveTextContent('A-VERY-LONG-ACCESSION-NUMBER')
    await user.keyboard('r')
    expect(await screen.findByText('The message is processed again.', undefined, settled)).toBeInTheDocument()
    expect(server.log).toContain('POST /api/hl7/messages/replay')
  }, 30_000)
  it('are processed again only after a question that says which', async () => {
    const { user, server } = renderApp('/inbox/messages?state=error')
    await user.click(await screen.findByRole('button', { name: 'Process all of these again' }, settled))
    const dialog = await screen.findByRole('dialog')
    expect(dialog).toHaveTextContent('Error')
    expect(server.log).not.toContain('POST /api/hl7/messages/replay')
    await user.click(within(dialog).getByRole('button', { name: 'Process again' }))
    await waitFor(() => expect(dialog).toHaveTextContent('Done'), settled)
  }, 30_000)
  it('are for administrators', async () => {
    renderApp('/inbox/messages', { server: new FakeServer({ role: 'user' }) })
    expect(await screen.findByText('You are not allowed to do this', undefined, settled)).toBeInTheDocument()
  }, 30_000)
})

describe('the mapping', () => {
  it('names key and line of a mistake, and shows before and after', async () => {
    const { user } = renderApp('/inbox/mapping?message=99999')
    const document = await screen.findByLabelText('Document (TOML or JSON)', undefined, settled)
    await user.clear(document)
    await user.type(document, '[[orders]{Enter}too-long = "cut"')
    expect(await screen.findByText(/Line 2: orders.too-long/, undefined, settled)).toBeInTheDocument()
    await user.clear(document)
    await user.type(document, '[[orders]{Enter}too-long = "map"')
    expect(await screen.findByText('K7Q2M4ZP9A1BC3DE', undefined, settled)).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Save as a new version' }))
    expect(await screen.findByRole('button', { name: 'Process this message again' }, settled)).toBeInTheDocument()
  }, 30_000)
})
