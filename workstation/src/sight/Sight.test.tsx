import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { FakeServer } from '../../dev/fake/server.ts'
import { renderApp } from '../../dev/render.tsx'

const seeing = (actions: readonly string[]) => new FakeServer({ role: 'user', actions })

/** A server whose user does not see YAMADA (JP-0021, 11 April 1957). */
function withHidden(actions: readonly string[] = ['read', 'emergency']) {
  const server = seeing(actions)
  server.sight.hidden.add('u1')
  return server
}

async function fill(user: ReturnType<typeof renderApp>['user']) {
  const dialog = within(await screen.findByRole('dialog', { name: 'Open in an emergency' }))
  expect(dialog.getByText(/recorded for good/)).toBeInTheDocument()
  const [day] = dialog.getAllByRole('spinbutton')
  if (!day) throw new Error('no day')
  await user.click(day)
  await user.keyboard('11041957')
  const reason = dialog.getByLabelText('Reason')
  await user.type(reason, 'stroke')
  await user.click(dialog.getByRole('button', { name: 'Open, and record it' }))
}

describe('breaking the glass', () => {
  it('is offered where a search finds nobody, and opens the patient until its end', async () => {
    const server = withHidden()
    const { user } = renderApp('/patients?search=JP-0021', { server })
    await user.click(await screen.findByRole('button', { name: 'Open a patient in an emergency…' }))
    expect(await screen.findByLabelText('Patient ID, whole')).toHaveValue('JP-0021')
    await fill(user)
    expect(await screen.findByRole('region', { name: 'Patient' })).toHaveTextContent(/YAMADA.*Opened in an emergency, for you, until/)
    expect(server.sight.care['u1']).toMatchObject([{ account: 'sec1', kind: 'emergency', reason: 'stroke' }])
  }, 20_000)

  it('is offered where a link leads to nothing', async () => {
    const { user } = renderApp('/patients/u1', { server: withHidden() })
    await user.click(await screen.findByRole('button', { name: 'Open a patient in an emergency…' }))
    await user.type(await screen.findByLabelText('Patient ID, whole'), 'JP-0021')
    await fill(user)
    expect(await screen.findByRole('region', { name: 'Patient' })).toHaveTextContent('YAMADA')
  }, 20_000)

  it('is in the palette when it finds nobody, and says what is wrong', async () => {
    const { user } = renderApp('/patients', { server: withHidden() })
    await screen.findByRole('grid')
    await user.keyboard('{Control>}k{/Control}')
    await user.type(await screen.findByRole('combobox'), 'JP-9999{Enter}')
    await fill(user)
    expect(await screen.findByText('there is no patient with this identifier and birth date')).toBeInTheDocument()
  }, 20_000)

  it('is not offered to those who may not', async () => {
    renderApp('/patients/u1', { server: withHidden(['read']) })
    expect(await screen.findByRole('alert')).toBeInTheDocument()
    expect(screen.queryByRole('button', { name: /emergency/ })).not.toBeInTheDocument()
  })
})

describe('who may see a patient', () => {
  it('is said by a mark, which the banner shows', async () => {
    const { user, server } = renderApp('/patients/u1')
    const banner = await screen.findByRole('region', { name: 'Patient' })
    await user.keyboard('a')
    await user.click(await screen.findByRole('button', { name: 'Mark as confidential' }))
    await waitFor(() => expect(server.sight.confidential.has('u1')).toBe(true))
    expect(within(banner).getByText('confidential')).toBeInTheDocument()
    await user.click(await screen.findByRole('button', { name: 'Take the mark away' }))
    await waitFor(() => expect(within(banner).queryByText('confidential')).not.toBeInTheDocument())
  }, 20_000)

  it('is said by who cares for them, until somebody ends it', async () => {
    const { user, server } = renderApp('/patients/u1')
    await user.click(await screen.findByRole('button', { name: 'Access' }))
    const dialog = within(await screen.findByRole('dialog'))
    await user.type(dialog.getByLabelText('User'), 'nobody')
    await user.click(dialog.getByRole('button', { name: 'Add' }))
    expect(await dialog.findByText('there is no such account')).toBeInTheDocument()
    await user.clear(dialog.getByLabelText('User'))
    await user.type(dialog.getByLabelText('User'), 'sec1')
    await user.type(dialog.getByLabelText('Reason'), 'ward 3')
    await user.click(dialog.getByRole('button', { name: 'Add' }))
    await user.click(await dialog.findByRole('button', { name: 'End' }))
    expect(await dialog.findByText('ended')).toBeInTheDocument()
    expect(server.sight.care['u1']).toMatchObject([{ account: 'sec1', reason: 'ward 3' }])
  }, 20_000)

  it('is nobody’s business without the right to it', async () => {
    const { server } = renderApp('/patients/u1', { server: seeing(['read']) })
    await screen.findByRole('region', { name: 'Patient' })
    expect(screen.queryByRole('button', { name: 'Access' })).not.toBeInTheDocument()
    expect(server.log.filter((line) => /confidential|care/.test(line))).toEqual([])
  })
})

describe('a study', () => {
  it('is given to somebody from the menu of its row, and taken back', async () => {
    const { user, server } = renderApp('/studies?search=yamada')
    const row = (await screen.findByText('JP-0021')).closest('[role=row]')
    if (!row) throw new Error('no row')
    fireEvent.contextMenu(row, { button: 2, clientX: 40, clientY: 90 })
    await user.click(await screen.findByRole('menuitem', { name: /Give the study to somebody/ }))
    const dialog = within(await screen.findByRole('dialog'))
    await user.type(dialog.getByLabelText('User'), 'sec1')
    await user.click(dialog.getByRole('button', { name: 'Give' }))
    const take = await dialog.findByRole('button', { name: 'Take back' })
    expect(Object.values(server.sight.assigned)).toMatchObject([[{ account: 'sec1', assigned_by: 'admin' }]])
    await user.click(take)
    expect(await dialog.findByText('It was given to nobody yet.')).toBeInTheDocument()
  }, 20_000)
})
