import { screen, waitFor } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { renderApp } from '../../dev/render.tsx'

const settled = { timeout: 15_000 }

describe('what is shown', () => {
  it('has a message as soon as the server tells that there is another', async () => {
    const { server } = renderApp('/inbox/messages')
    const [first] = await screen.findAllByText('RIS · HOPITAL', undefined, settled)
    expect(first).toBeInTheDocument()
    const [newest] = server.exchange.messages
    if (!newest) throw new Error('no message')
    server.exchange.messages = [{ ...newest, id: 100_001, source: 'LATEST^SENDER' }, ...server.exchange.messages]
    server.tell('subject', { subject: 'messages' })
    expect(await screen.findByText('LATEST · SENDER', undefined, settled)).toBeInTheDocument()
  }, 30_000)
  it('says of a destination that it works again', async () => {
    const { server } = renderApp('/admin/destinations')
    await screen.findByText(/portal refused the connection/, undefined, settled)
    server.exchange.destinations = server.exchange.destinations.map((each) => ({ ...each, failing_since: null, problem: '' }))
    server.tell('subject', { subject: 'deliveries' })
    await waitFor(() => expect(screen.queryByText(/portal refused the connection/)).not.toBeInTheDocument(), settled)
  }, 30_000)
  it('is asked for once at once and once later, however often the server tells', async () => {
    const { server } = renderApp('/inbox/reconciliation')
    const asked = (): number => server.log.filter((line) => line.startsWith('GET /api/reconciliation?') && !line.includes('limit=1&') && !line.endsWith('limit=1')).length
    await waitFor(() => expect(asked()).toBeGreaterThan(0), settled)
    const before = asked()
    for (let times = 0; times < 50; times += 1) server.tell('subject', { subject: 'mismatches' })
    await waitFor(() => expect(asked()).toBe(before + 2), settled)
  }, 30_000)
  it('is left alone when the server tells of something else, or of what nobody knows', async () => {
    const { server } = renderApp('/admin/destinations')
    await screen.findByText(/portal refused the connection/, undefined, settled)
    const asked = (): number => server.log.filter((line) => line === 'GET /api/destinations').length
    const [before, known] = [asked(), server.log.length]
    server.tell('subject', { subject: 'mismatches' })
    server.tell('subject', { subject: 'weather' })
    server.tell('subject', { subject: 'messages' })
    await waitFor(() => expect(server.log.slice(known)).toContain('GET /api/hl7/summary'), settled)
    expect(asked()).toBe(before)
  }, 30_000)
})
