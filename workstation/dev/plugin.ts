/** Puts the fake server behind `npm run dev` and `npm run preview`. With STECKEL_API set, a running server answers instead. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { ReadableStream as NodeStream } from 'node:stream/web'
import type { Connect, Plugin } from 'vite'
import { FakeServer } from './fake/server.ts'

const ours = /^\/(api|dicomweb|healthz|ohif)(\/|\?|$)/

/** Stands for OHIF. */
const viewerPage = '<!doctype html><meta charset="utf-8"><title>OHIF</title><body bgcolor="#000000" text="#777777"><p>OHIF'

function toRequest(incoming: IncomingMessage): Request {
  const method = incoming.method ?? 'GET'
  const headers = Object.entries(incoming.headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  const init: RequestInit & { duplex?: 'half' } = { method, headers }
  if (method !== 'GET' && method !== 'HEAD') {
    init.body = Readable.toWeb(incoming) as unknown as ReadableStream
    init.duplex = 'half'
  }
  return new Request(`http://localhost${incoming.url ?? '/'}`, init)
}

async function send(answer: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers))
  if (!answer.body) {
    outgoing.end()
    return
  }
  const body = Readable.fromWeb(answer.body as unknown as NodeStream)
  outgoing.on('close', () => body.destroy())
  for await (const chunk of body) outgoing.write(chunk)
  outgoing.end()
}

/** As strict as it can be made: what the build needs is all that it allows. */
const policy = [
  "default-src 'self'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "font-src 'self'", "connect-src 'self'",
  "frame-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'self'",
].join('; ')

function answering(server: FakeServer): Connect.NextHandleFunction {
  return (incoming, outgoing, next) => {
    const path = incoming.url ?? '/'
    if (!ours.test(path)) {
      next()
      return
    }
    const answer = path.startsWith('/ohif')
      ? Promise.resolve(new Response(viewerPage, { headers: { 'Content-Type': 'text/html' } }))
      : server.handle(toRequest(incoming))
    answer.then((response) => send(response, outgoing)).catch((error: unknown) => next(error))
  }
}

export function fakeServer(): Plugin {
  const real = process.env['STECKEL_API']
  const proxied = (): Record<string, string> => Object.fromEntries(['/api', '/dicomweb', '/ohif', '/healthz'].map((path) => [path, real ?? '']))
  const make = (): FakeServer => new FakeServer({ studies: Number(process.env['FAKE_STUDIES'] ?? 3000), loggedIn: false })
  return {
    name: 'steckel-fake-server',
    config: () => (real === undefined ? { preview: { headers: { 'Content-Security-Policy': policy } } } : { server: { proxy: proxied() }, preview: { proxy: proxied() } }),
    configureServer(vite) {
      if (real === undefined) vite.middlewares.use(answering(make()))
    },
    configurePreviewServer(vite) {
      if (real === undefined) vite.middlewares.use(answering(make()))
    },
  }
}
