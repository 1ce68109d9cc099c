import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { FakeServer } from '../../../dev/fake/server.ts'
import { renderApp } from '../../../dev/render.tsx'

const rows = () => screen.getAllByRole('row').slice(1)
const selected = () => screen.getByRole('row', { selected: true })

async function openList(path = '/studies', server = new FakeServer()) {
  const app = renderApp(path, { server })
  await screen.findByRole('grid')
  return app
}

describe('the study list', () => {
  it('shows a name as it is read, with its ideographic form', async () => {
    await openList()
    expect(screen.getByText('YAMADA Tarou')).toBeInTheDocument()
    expect(screen.getByText('山田 太郎')).toBeInTheDocument()
    expect(screen.getByText('No name')).toBeInTheDocument()
  })

  it('finds while typing, over name, ID, accession and description', async () => {
    const { user, server } = await openList()
    await user.type(screen.getByLabelText('Search studies'), 'yamada')
    await waitFor(() => expect(rows()).toHaveLength(1))
    expect(rows()[0]).toHaveTextContent('JP-0021')
    expect(server.log.filter((line) => line.includes('search=yamada'))).not.toHaveLength(0)
  })

  it('says how images get in when there are none', async () => {
    const server = new FakeServer()
    server.studies = []
    renderApp('/studies', { server })
    expect(await screen.findByText('No studies yet')).toBeInTheDocument()
    expect(screen.getByText('STECKEL')).toBeInTheDocument()
    expect(screen.getByText('11112')).toBeInTheDocument()
    expect(screen.getByRole('button', { name: 'Copy: AE title' })).toBeInTheDocument()
  })

  it('offers to clear the filters when nothing fits', async () => {
    const { user } = renderApp('/studies?search=zzzz')
    expect(await screen.findByText('Nothing found')).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Clear the filters' }))
    expect(await screen.findByRole('grid')).toBeInTheDocument()
  })

  it('says what happened, what to do and the reference when the server fails', async () => {
    renderApp('/studies?search=boom')
    const alert = await screen.findByRole('alert')
    expect(alert).toHaveTextContent('The server could not finish this')
    expect(alert).toHaveTextContent('dev-500')
    expect(within(alert).getByRole('button', { name: 'Try again' })).toBeInTheDocument()
  })

  it('asks for modalities and dates by chips', async () => {
    const { user, server } = await openList()
    await user.click(screen.getByRole('button', { name: 'MR' }))
    await user.click(screen.getByRole('button', { name: '7 d' }))
    await waitFor(() => expect(server.log.at(-1)).toContain('modality=MR'))
    await waitFor(() => expect(server.log.some((line) => line.includes('modality=MR') && line.includes('date_from='))).toBe(true))
    expect(screen.getByRole('button', { name: 'MR' })).toHaveAttribute('aria-pressed', 'true')
  })

  it('sorts by a column and turns the order with a second press', async () => {
    const { user } = await openList()
    await user.click(screen.getByRole('button', { name: 'Patient' }))
    await waitFor(() => expect(screen.getByRole('columnheader', { name: 'Patient' })).toHaveAttribute('aria-sort', 'ascending'))
    await user.click(screen.getByRole('button', { name: 'Patient' }))
    await waitFor(() => expect(screen.getByRole('columnheader', { name: 'Patient' })).toHaveAttribute('aria-sort', 'descending'))
  })

  it('is worked by keys: down, up, first, preview', async () => {
    const { user } = await openList()
    await user.keyboard('jj')
    expect(selected()).toHaveAttribute('aria-rowindex', '3')
    await user.keyboard('k')
    expect(selected()).toHaveAttribute('aria-rowindex', '2')
    await user.keyboard('{ArrowDown}{ArrowDown}{Home}')
    expect(selected()).toHaveAttribute('aria-rowindex', '2')
    expect(screen.getByRole('complementary', { name: 'Preview' })).toBeInTheDocument()
    await user.keyboard(' ')
    expect(screen.queryByRole('complementary')).not.toBeInTheDocument()
  })

  it('does not take letters typed into the search for keys', async () => {
    const { user } = await openList()
    await user.keyboard('/')
    expect(screen.getByLabelText('Search studies')).toHaveFocus()
    await user.keyboard('jo')
    expect(screen.queryByRole('row', { selected: true })).not.toBeInTheDocument()
    expect(screen.getByLabelText('Search studies')).toHaveValue('jo')
  })

  it('opens the viewer with Enter', async () => {
    const { user } = await openList()
    await user.keyboard('j')
    await user.keyboard('{Enter}')
    expect(await screen.findByTitle('OHIF viewer')).toBeInTheDocument()
  })

  it('shows a study that arrives, marked as new, without a reload', async () => {
    const { server } = await openList()
    server.arrive({ description: 'ARRIVED JUST NOW' })
    expect(await screen.findByText('ARRIVED JUST NOW')).toBeInTheDocument()
    expect(rows()[0]).toHaveTextContent('ARRIVED JUST NOW')
    expect(screen.getByText('new')).toBeInTheDocument()
  })

  it('keeps the row that is selected when others arrive above it', async () => {
    const { user, server } = await openList()
    await user.keyboard('jj')
    const name = selected().textContent
    server.arrive({ description: 'ARRIVED JUST NOW' })
    await waitFor(() => expect(rows()[0]).toHaveTextContent('ARRIVED JUST NOW'))
    expect(selected().textContent).toBe(name)
  })

  it('drops a study that was deleted elsewhere', async () => {
    const { server } = await openList('/studies?search=yamada')
    expect(rows()).toHaveLength(1)
    const gone = server.studies.find((study) => study.patient.id === 'JP-0021')
    server.studies = server.studies.filter((study) => study !== gone)
    server.tell('study', { uid: gone?.uid, kind: 'deleted' })
    expect(await screen.findByText('Nothing found')).toBeInTheDocument()
  })

  it('keeps the columns that were chosen with the account', async () => {
    const { user, server } = await openList()
    await user.click(screen.getByRole('button', { name: 'Choose columns' }))
    await user.click(await screen.findByLabelText('Accession'))
    await waitFor(() => expect(server.session.preferences.columns).not.toContain('accession'))
    expect(screen.queryByRole('columnheader', { name: 'Accession' })).not.toBeInTheDocument()
  })

  it('names the patient before a study is deleted', async () => {
    const { user, server } = await openList('/studies?search=yamada')
    await user.keyboard('j')
    await user.click(await screen.findByRole('button', { name: 'Delete the study' }))
    const dialog = await screen.findByRole('dialog', { name: 'Delete this study?' })
    expect(dialog).toHaveTextContent('YAMADA Tarou (JP-0021)')
    await user.click(within(dialog).getByRole('button', { name: 'Delete the study' }))
    await waitFor(() => expect(server.studies.some((study) => study.patient.id === 'JP-0021')).toBe(false))
  })

  it('offers no deletion to those who are no administrators', async () => {
    const { user } = await openList('/studies', new FakeServer({ role: 'user' }))
    await user.keyboard('j')
    await screen.findByRole('complementary', { name: 'Preview' })
    expect(screen.queryByRole('button', { name: 'Delete the study' })).not.toBeInTheDocument()
  })

  it('shows the text of a report in the preview', async () => {
    const { user } = await openList('/studies?modality=MG')
    await user.keyboard('j')
    expect(await screen.findByText(/Examen normal/)).toBeInTheDocument()
  })
})
