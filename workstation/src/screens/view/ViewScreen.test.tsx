import { screen, waitFor } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { FakeServer } from '../../../dev/fake/server.ts'
import { renderApp } from '../../../dev/render.tsx'

function studyOf(server: FakeServer, modality: string): string {
  const study = server.studies.find((each) => each.modalities.join() === modality)
  if (!study) throw new Error(`no ${modality}`)
  return study.uid
}

const source = () => screen.getByTitle('OHIF viewer').getAttribute('src')

describe('an opened study', () => {
  it('has the patient on top and the viewer below', async () => {
    const server = new FakeServer()
    const uid = studyOf(server, 'CT')
    renderApp(`/view/${uid}`, { server })
    expect(await screen.findByRole('region', { name: 'Patient' })).toBeInTheDocument()
    expect(source()).toBe(`/ohif/viewer?StudyInstanceUIDs=${uid}`)
  })
  it('changes to MPR and 3D by chip and by key', async () => {
    const server = new FakeServer()
    const { user } = renderApp(`/view/${studyOf(server, 'CT')}`, { server })
    await user.click(await screen.findByRole('button', { name: 'MPR' }))
    await waitFor(() => expect(source()).toContain('hangingprotocolId=mpr'))
    await user.keyboard('{Alt>}3{/Alt}')
    await waitFor(() => expect(source()).toContain('hangingprotocolId=mprAnd3DVolumeViewport'))
    await user.keyboard('{Alt>}1{/Alt}')
    await waitFor(() => expect(source()).not.toContain('hangingprotocolId'))
  })
  it('offers no volume for plain radiographs', async () => {
    const server = new FakeServer()
    renderApp(`/view/${studyOf(server, 'CR')}`, { server })
    expect(await screen.findByRole('button', { name: 'MPR' })).toBeDisabled()
  })
  it('shows a report as text when there are no pictures', async () => {
    const server = new FakeServer()
    renderApp(`/view/${studyOf(server, 'SR')}`, { server })
    expect(await screen.findByText(/Examen normal/)).toBeInTheDocument()
    expect(screen.queryByTitle('OHIF viewer')).not.toBeInTheDocument()
  })
  it('shows a PDF in the page', async () => {
    const server = new FakeServer()
    const uid = studyOf(server, 'DOC')
    renderApp(`/view/${uid}`, { server })
    expect(await screen.findByTitle('Courrier')).toHaveAttribute('src', `/dicomweb/studies/${uid}/series/${uid}.1/instances/${uid}.1.1/rendered?accept=application/pdf`)
  })
  it('offers to save a document that is no PDF', async () => {
    const server = new FakeServer()
    const uid = studyOf(server, 'DOC')
    for (const series of server.studies.find((each) => each.uid === uid)?.series ?? []) series.modality = 'M3D'
    renderApp(`/view/${uid}`, { server })
    const link = await screen.findByRole('link', { name: 'Save' })
    expect(link).toHaveAttribute('href', `/dicomweb/studies/${uid}/series/${uid}.1/instances/${uid}.1.1/rendered?accept=model/stl`)
    expect(link).toHaveAttribute('download', 'Courrier.stl')
    expect(screen.getByText(/Courrier \(model\/stl\) cannot be shown here/)).toBeInTheDocument()
    expect(screen.queryByTitle('Courrier')).not.toBeInTheDocument()
  })
  it('has the report beside the pictures where a study has both', async () => {
    const server = new FakeServer()
    const { user } = renderApp(`/view/${studyOf(server, 'MG,SR')}`, { server })
    expect(await screen.findByTitle('OHIF viewer')).toBeInTheDocument()
    await user.click(await screen.findByRole('button', { name: 'Document (1)' }))
    expect(await screen.findByText(/Examen normal/)).toBeInTheDocument()
  })
  it('leads back to the list', async () => {
    const { user } = renderApp('/studies')
    await screen.findByRole('grid')
    await user.keyboard('j')
    await user.keyboard('{Enter}')
    await screen.findByTitle('OHIF viewer')
    await user.keyboard('{Alt>}{ArrowLeft}{/Alt}')
    await screen.findByRole('grid')
    expect(screen.getByRole('row', { selected: true })).toHaveAttribute('aria-rowindex', '2')
  })
  it('says so when the study is gone', async () => {
    renderApp('/view/1.2.3')
    expect(await screen.findByRole('alert')).toHaveTextContent('This is not here, or no longer')
  })
})
