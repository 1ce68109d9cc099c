/** What every test stands on. */
import '@testing-library/jest-dom/vitest'
import { cleanup } from '@testing-library/react'
import { afterEach, vi } from 'vitest'

afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
  localStorage.clear()
  sessionStorage.clear()
})

// jsdom lays nothing out: give every element a size, so that the virtual lists have something to show.
Object.defineProperty(Element.prototype, 'clientHeight', { configurable: true, value: 600 })
Object.defineProperty(Element.prototype, 'clientWidth', { configurable: true, value: 1200 })
Element.prototype.scrollIntoView = () => undefined
Element.prototype.scrollBy = () => undefined
Element.prototype.scrollTo = () => undefined
