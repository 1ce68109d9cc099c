import { describe, expect, it } from 'vitest'
import { packageFolder } from './notices.ts'

describe('the package of a module', () => {
  it('is the innermost one, with its scope', () => {
    expect(packageFolder('/w/node_modules/react/index.js')).toBe('/w/node_modules/react')
    expect(packageFolder('/w/node_modules/@scope/name/dist/a.js')).toBe('/w/node_modules/@scope/name')
    expect(packageFolder('/w/node_modules/outer/node_modules/inner/a.js')).toBe('/w/node_modules/outer/node_modules/inner')
    expect(packageFolder('\0/w/node_modules/react/index.js?commonjs')).toBe('/w/node_modules/react')
  })

  it('is nothing for our own files', () => {
    expect(packageFolder('/w/src/main.tsx')).toBeUndefined()
  })
})
