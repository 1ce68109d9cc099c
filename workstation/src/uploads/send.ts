/** One file to the server. XMLHttpRequest, because fetch cannot tell how much of a body has left. */
import { problemFrom, UnreachableError } from '@/api/problem.ts'
import type { UploadDone, UploadLine } from '@/api/types.ts'

export interface SendHooks {
  onSent: (bytes: number) => void
  onLine: (line: UploadLine) => void
}

export interface Sending {
  done: Promise<void>
  abort: () => void
}

export type Send = (file: File, path: string, hooks: SendHooks) => Sending

export class AbortedError extends Error {
  override readonly name = 'AbortedError'
}

/** Splits a growing text into its finished lines. */
export function lineReader(onLine: (line: UploadLine) => void): (text: string, finished: boolean) => void {
  let read = 0
  return (text, finished) => {
    for (;;) {
      let end = text.indexOf('\n', read)
      if (end < 0 && finished && read < text.length) end = text.length
      if (end < 0) return
      const line = text.slice(read, end).trim()
      read = end + 1
      if (line === '') continue
      const value = JSON.parse(line) as UploadLine | UploadDone
      if (!('done' in value)) onLine(value)
    }
  }
}

export const sendFile: Send = (file, path, { onSent, onLine }) => {
  const request = new XMLHttpRequest()
  const done = new Promise<void>((resolve, reject) => {
    const read = lineReader(onLine)
    request.open('POST', '/api/uploads')
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.setRequestHeader('Accept', 'application/x-ndjson')
    request.setRequestHeader('X-Steckel-Filename', encodeURIComponent(path))
    request.upload.onprogress = (event) => onSent(event.loaded)
    request.onprogress = () => {
      if (request.status === 200) read(request.responseText, false)
    }
    request.onload = () => {
      if (request.status !== 200) {
        reject(problemFrom(request.status, request.responseText, request.getResponseHeader('Retry-After')))
        return
      }
      onSent(file.size)
      read(request.responseText, true)
      resolve()
    }
    request.onerror = () => reject(new UnreachableError('/api/uploads'))
    request.onabort = () => reject(new AbortedError())
    request.send(file)
  })
  return { done, abort: () => request.abort() }
}
