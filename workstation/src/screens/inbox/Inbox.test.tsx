import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { FakeServer } from '../../../dev/fake/server.ts'
import { renderApp } from '../../../dev/render.tsx'
import { spaced } from '@/format/dicom_json.ts'

const rowOf = async (name: string) => {
  const row = (await screen.findByText(name)).closest('tr')
  if (!row) throw new Error(`no row ${name}`)
  return within(row)
}

describe('the quarantine', () => {
  it('tells the reason of each object', async () => {
    renderApp('/inbox')
    expect(await screen.findByText('SOP Instance UID (0008,0018) is missing.')).toBeInTheDocument()
  })
  it('tries an object again and says what became of it', async () => {
    const { user, server } = renderApp('/inbox/quarantine')
    await user.click((await rowOf('IM000231.dcm')).getByRole('button', { name: 'Try again' }))
    expect(await screen.findByText('Tried again: stored')).toBeInTheDocument()
    await waitFor(() => expect(screen.queryByText('IM000231.dcm')).not.toBeInTheDocument())
    expect(server.quarantine).toHaveLength(2)
  })
  it('deletes only when nobody takes it back', async () => {
    const { user, server } = renderApp('/inbox/quarantine')
    await user.click((await rowOf('x.dcm')).getByRole('button', { name: 'Delete' }))
    expect(screen.queryByRole('cell', { name: 'x.dcm' })).not.toBeInTheDocument()
    await user.click(await screen.findByRole('button', { name: 'Undo' }))
    expect(screen.getByRole('cell', { name: 'x.dcm' })).toBeInTheDocument()
    window.dispatchEvent(new Event('pagehide'))
    expect(server.log.filter((line) => line.startsWith('DELETE'))).toEqual([])
  })
  it('deletes at once when the page is left before the time for Undo is over', async () => {
    const { user, server } = renderApp('/inbox/quarantine')
    await user.click((await rowOf('x.dcm')).getByRole('button', { name: 'Delete' }))
    window.dispatchEvent(new Event('pagehide'))
    await waitFor(() => expect(server.quarantine.map(({ id }) => id)).toEqual(['q1', 'q2']))
  })
  it('is for those who put things right alone; others are at their uploads at once', async () => {
    const { server } = renderApp('/inbox', { server: new FakeServer({ role: 'user' }) })
    expect(await screen.findByRole('link', { name: 'Uploads' })).toHaveAttribute('aria-current', 'page')
    expect(screen.queryByRole('link', { name: 'Quarantine' })).not.toBeInTheDocument()
    expect(server.log.filter((line) => line.includes('quarantine'))).toEqual([])
  })
  it('tells others that they have no right to it', async () => {
    renderApp('/inbox/quarantine', { server: new FakeServer({ role: 'user' }) })
    expect(await screen.findByText('You are not allowed to do this')).toBeInTheDocument()
  })
  it('says what it is for when it is empty', async () => {
    const server = new FakeServer()
    server.quarantine = []
    renderApp('/inbox/quarantine', { server })
    expect(await screen.findByText('The quarantine is empty')).toBeInTheDocument()
  })
})

describe('a conflict', () => {
  it('shows both sides and what differs, and keeps the one that is chosen', async () => {
    const { user, server } = renderApp('/inbox/conflicts')
    expect(await screen.findByText('Patient Birth Date')).toBeInTheDocument()
    const [second] = screen.getAllByRole('button', { name: 'Use the second' })
    if (!second) throw new Error('no button')
    await user.click(second)
    expect(await screen.findByText('The conflict is resolved.')).toBeInTheDocument()
    expect(server.log).toContain('POST /api/conflicts/c1/resolve')
  })
  it('has its keywords in words', () => {
    expect(spaced('PatientBirthDate')).toBe('Patient Birth Date')
    expect(spaced('SOPClassUID')).toBe('SOP Class UID')
  })
})
