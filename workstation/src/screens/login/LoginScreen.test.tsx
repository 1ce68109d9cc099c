import { screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { FakeServer } from '../../../dev/fake/server.ts'
import { renderApp } from '../../../dev/render.tsx'
import { isOfServer, safeNext } from './LoginScreen.tsx'

const loggedOut = () => new FakeServer({ loggedIn: false })

async function logIn(user: ReturnType<typeof renderApp>['user'], name: string, password: string) {
  await user.type(await screen.findByLabelText('User name'), name)
  await user.type(screen.getByLabelText('Password'), password)
  await user.click(screen.getByRole('button', { name: 'Log in' }))
}

describe('the login page', () => {
  it('leads to the screen that was asked for', async () => {
    const { user } = renderApp('/patients', { server: loggedOut() })
    await logIn(user, 'admin', 'demo')
    expect(await screen.findByRole('grid', { name: 'Patients' })).toBeInTheDocument()
  })
  it('says that the name or the password is wrong and keeps what was typed', async () => {
    const { user } = renderApp('/login', { server: loggedOut() })
    await logIn(user, 'admin', 'nope')
    expect(await screen.findByRole('alert')).toHaveTextContent('The name or the password is wrong')
    expect(screen.getByLabelText('User name')).toHaveValue('admin')
  })
  it('says how long to wait after too many attempts and takes none meanwhile', async () => {
    const { user } = renderApp('/login', { server: loggedOut() })
    await logIn(user, 'slow', 'x')
    expect(await screen.findByRole('alert')).toHaveTextContent('the next one is possible in 20 s')
    expect(screen.getByRole('button', { name: 'Log in' })).toBeDisabled()
  })
  it('asks for a code after the password where the account has one', async () => {
    const server = loggedOut()
    server.access.asksForCode = true
    const { user } = renderApp('/patients', { server })
    await logIn(user, 'admin', 'demo')
    await user.type(await screen.findByLabelText('Code'), '000000{Enter}')
    expect(await screen.findByRole('alert')).toHaveTextContent('the code is wrong, or was used already')
    await user.click(screen.getByRole('button', { name: 'Use a recovery code' }))
    expect(screen.getByLabelText('Recovery code')).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Use a code of the application' }))
    await user.type(screen.getByLabelText('Code'), '123456{Enter}')
    expect(await screen.findByRole('grid', { name: 'Patients' })).toBeInTheDocument()
  })
  it('can be read in French', async () => {
    const { user } = renderApp('/login', { server: loggedOut() })
    await user.click(await screen.findByRole('button', { name: 'Français' }))
    expect(await screen.findByLabelText('Mot de passe')).toBeInTheDocument()
    expect(document.documentElement.lang).toBe('fr')
  })
})

describe('the address to go to after the login', () => {
  it('is one of ours or the study list', () => {
    expect(safeNext('/patients/p1?x=1')).toBe('/patients/p1?x=1')
    expect(safeNext('//evil.example/')).toBe('/studies')
    expect(safeNext('/\\evil.example/')).toBe('/studies')
    expect(safeNext('https://evil.example/')).toBe('/studies')
    expect(safeNext(null)).toBe('/studies')
  })
  it('is fetched from the server where no screen of this page has it', () => {
    expect(isOfServer('/ohif/viewer?StudyInstanceUIDs=1.2')).toBe(true)
    expect(isOfServer('/IHEInvokeImageDisplay?requestType=STUDY&studyUID=1.2')).toBe(true)
    expect(isOfServer('/api/docs')).toBe(true)
    expect(isOfServer('/view/1.2?with=1.3')).toBe(false)
    expect(isOfServer('/apiary')).toBe(false)
  })
})
