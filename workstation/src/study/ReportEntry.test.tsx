import { screen, within } from '@testing-library/react'
import { expect, it } from 'vitest'
import type { ReportVersion } from '@/api/types.ts'
import { FakeServer } from '../../dev/fake/server.ts'
import { renderApp } from '../../dev/render.tsx'

const version = (change: Partial<ReportVersion>): ReportVersion => ({
  number: 1, status: 'preliminary', at: '2026-11-24T08:00:00.000Z', received: '2026-11-24T08:00:01.000Z', title: 'CT of the chest',
  author: '', text: '', documents: [], sop_instance_uid: null, ...change,
})

function withReport(versions: ReportVersion[]) {
  const server = new FakeServer({ studies: 12 })
  const [study] = server.studies
  if (!study) throw new Error('no study')
  server.studies = [study]
  server.reports[study.uid] = [{ id: 'r1', accession: study.accession, versions }]
  return { server, path: `/patients/${study.patient.key}` }
}

it('shows the version that counts first, with its status, author, text and PDF', async () => {
  const newest = version({
    number: 2, status: 'final', author: 'Keller^Nina', text: 'Normal.\n<b>No nodule</b>',
    documents: [{ media_type: 'application/pdf', url: '/api/reports/r1/versions/2/body?media_type=application/pdf' }],
  })
  const { server, path } = withReport([newest, version({ text: 'It seems normal.' })])
  renderApp(path, { server })
  await screen.findByText('Final')
  const [list] = screen.getAllByRole('listitem').filter((item) => within(item).queryByRole('img', { name: 'Report' }))
  if (!list) throw new Error('no report')
  expect(within(list).getByText('Final')).toBeInTheDocument()
  expect(within(list).getByText('Keller Nina')).toBeInTheDocument()
  // Text stays text, whatever it holds.
  expect(within(list).getByText(/<b>No nodule<\/b>/)).toBeInTheDocument()
  const link = within(list).getByRole('link', { name: 'PDF' })
  expect(link).toHaveAttribute('href', '/api/reports/r1/versions/2/body?media_type=application/pdf')
  expect(link).toHaveAttribute('target', '_blank')
  expect(within(list).getByText('1 older version')).toBeInTheDocument()
})

it('says of what was taken back that it was', async () => {
  const { server, path } = withReport([version({ status: 'entered-in-error', text: 'Wrong patient.' })])
  renderApp(path, { server })
  expect(await screen.findByText('Entered in error')).toBeInTheDocument()
})

it('is not there where nothing was reported', async () => {
  const server = new FakeServer({ studies: 12 })
  renderApp(`/patients/${server.studies[0]?.patient.key ?? ''}`, { server })
  await screen.findByRole('region', { name: 'Patient' })
  expect(screen.queryByRole('img', { name: 'Report' })).not.toBeInTheDocument()
})
