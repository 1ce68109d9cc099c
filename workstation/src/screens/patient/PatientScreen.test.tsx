import { screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { FakeServer } from '../../../dev/fake/server.ts'
import { renderApp } from '../../../dev/render.tsx'

/** A server whose first patient has three studies, of two modalities. */
function withHistory() {
  const server = new FakeServer({ studies: 12 })
  const [patient] = server.studies.filter((study) => study.patient.id === 'JP-0021').map((study) => study.patient)
  if (!patient) throw new Error('no patient')
  server.reconciliation.orders = []
  server.studies = server.studies.slice(0, 3).map((study, index) => ({
    ...study, patient, date: `202${5 - index}0301`, modalities: index === 1 ? ['MR'] : ['CT'], description: `Study ${index + 1}`,
  }))
  return { server, path: `/patients/${patient.key}`, uids: server.studies.map((study) => study.uid) }
}

describe('the page of a patient', () => {
  it('has who it is on top and every study by year, newest first', async () => {
    const { server, path } = withHistory()
    renderApp(path, { server })
    const banner = await screen.findByRole('region', { name: 'Patient' })
    expect(banner).toHaveTextContent('YAMADA Tarou')
    expect(banner).toHaveTextContent('JP-0021')
    expect(banner).toHaveTextContent('11 Apr 1957')
    expect(screen.getAllByRole('heading', { level: 2 }).map((each) => each.textContent)).toEqual(['2025', '2024', '2023'])
  })
  it('can be narrowed to a modality', async () => {
    const { server, path } = withHistory()
    const { user } = renderApp(path, { server })
    await user.click(await screen.findByRole('button', { name: 'MR' }))
    expect(screen.getByText('Study 2')).toBeInTheDocument()
    expect(screen.queryByText('Study 1')).not.toBeInTheDocument()
  })
  it('opens two picked studies beside each other', async () => {
    const { server, path, uids } = withHistory()
    const { user } = renderApp(path, { server })
    await user.click(await screen.findByLabelText('Pick for comparison: Study 1'))
    expect(screen.getByRole('button', { name: 'Compare' })).toBeDisabled()
    await user.click(screen.getByLabelText('Pick for comparison: Study 3'))
    await user.click(screen.getByRole('button', { name: 'Compare' }))
    const viewer = await screen.findByTitle('OHIF viewer')
    expect(viewer).toHaveAttribute('src', expect.stringContaining(`StudyInstanceUIDs=${uids[0] ?? ''}&StudyInstanceUIDs=${uids[2] ?? ''}`))
  })
  it('has orders and reports among the studies, and who else the patient was', async () => {
    const { server, path, uids } = withHistory()
    const [study] = server.studies
    const [order] = new FakeServer().reconciliation.orders
    if (!study || !order) throw new Error('no study')
    server.reconciliation.orders = [{ ...order, patient: study.patient, date: '20270102', description: 'Knee to come', modality: 'MR', priority: 'STAT', study_uid: '' }]
    server.reports[study.uid] = [{ id: 'r1', accession: '', versions: [{ number: 1, status: 'final', at: '2026-02-03T09:00:00', received: '', title: 'What was seen', author: '', text: '', documents: [], sop_instance_uid: null }] }]
    server.merged[study.patient.key] = [{ ...study.patient, key: 'old', id: 'OLD-7', name: { alphabetic: 'YAMADA^Taro', ideographic: '', phonetic: '' } }]
    const { user } = renderApp(path, { server })
    await screen.findByText('What was seen')
    const lines = screen.getAllByRole('listitem').map((item) => item.textContent)
    const places = ['Knee to come', 'What was seen', 'Study 1', 'Study 2'].map((text) => lines.findIndex((line) => line.includes(text)))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places).not.toContain(-1)
    expect(screen.getByText('immediate')).toBeInTheDocument()
    expect(screen.getByRole('region', { name: 'Also known as' })).toHaveTextContent('OLD-7')
    expect(screen.getByRole('region', { name: 'Also known as' })).toHaveTextContent('YAMADA Taro')
    await user.click(screen.getByRole('button', { name: 'Orders' }))
    expect(screen.queryByText('What was seen')).not.toBeInTheDocument()
    expect(screen.getByText('Knee to come')).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Orders' }))
    // An order without images opens nothing; the report opens what it is about.
    await user.keyboard('{Enter}{ArrowDown}{Enter}')
    expect(await screen.findByTitle('OHIF viewer')).toHaveAttribute('src', expect.stringContaining(`StudyInstanceUIDs=${uids[0] ?? ''}`))
  })
  it('says so when there is no such patient', async () => {
    renderApp('/patients/nobody')
    expect(within(await screen.findByRole('alert')).getByText('This is not here, or no longer')).toBeInTheDocument()
  })
})
