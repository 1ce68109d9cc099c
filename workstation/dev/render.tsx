/** The whole workstation over the fake server, for tests of screens. */
import { render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { MemoryRouter } from 'react-router'
import { vi } from 'vitest'
import type { Language } from '@/api/types.ts'
import { App } from '@/App.tsx'
import { createI18n } from '@/i18n/i18n.ts'
import type { Send } from '@/uploads/send.ts'
import { createServices } from '@/wiring.ts'
import { FakeServer } from './fake/server.ts'

/** An EventSource that tells what the fake server tells. */
function eventSourceOf(server: FakeServer) {
  return class extends EventTarget {
    static readonly CLOSED = 2
    readyState = 1
    private readonly stop: () => void
    constructor() {
      super()
      this.stop = server.listen((event, data) => this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(data) })))
    }
    close(): void {
      this.readyState = 2
      this.stop()
    }
  }
}

export interface AppOptions {
  server?: FakeServer
  language?: Language
  send?: Send
}

export function renderApp(path: string, { server = new FakeServer(), language = 'en', send }: AppOptions = {}) {
  const handle = vi.fn((input: RequestInfo | URL, init?: RequestInit) => {
    if (init?.signal?.aborted) return Promise.reject(new DOMException('aborted', 'AbortError'))
    // The signals of jsdom are none to the requests of Node.
    const rest = { ...init, signal: null }
    return server.handle(new Request(new URL(input instanceof Request ? input.url : input, 'http://localhost'), rest))
  })
  vi.stubGlobal('fetch', handle)
  vi.stubGlobal('EventSource', eventSourceOf(server))
  const wired = createServices(send)
  wired.queryClient.setDefaultOptions({ queries: { retry: false, networkMode: 'always' } })
  const view = render(
    <MemoryRouter initialEntries={[path]}>
      <App {...wired} i18n={createI18n(language)} />
    </MemoryRouter>,
  )
  return { ...view, ...wired, server, user: userEvent.setup() }
}
