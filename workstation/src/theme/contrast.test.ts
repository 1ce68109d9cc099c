import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** WCAG 2.2, relative luminance and contrast ratio. */
function luminance(hex: string): number {
  const channel = (at: number): number => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')

function tokens(block: string): Map<string, string> {
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1] ?? '', match[2] ?? '']))
}

const [darkBlock = '', lightBlock = ''] = css.split(":root[data-theme='light']")
const themes = [{ theme: 'dark', colors: tokens(darkBlock) }, { theme: 'light', colors: tokens(lightBlock) }]

const texts = ['text', 'strong', 'muted', 'accent', 'red', 'amber', 'green', 'blue', 'violet']
const surfaces = ['bg', 'panel', 'raised', 'hover', 'selected', 'field']

describe.each(themes)('the $theme theme', ({ colors }) => {
  const color = (name: string): string => colors.get(name) ?? '#000000'

  it('has every colour', () => {
    expect([...texts, ...surfaces, 'line', 'field-line', 'accent-fill'].filter((name) => !colors.has(name))).toEqual([])
  })
  it('keeps 4.5:1 between every text and every surface', () => {
    const weak = texts.flatMap((text) => surfaces.map((surface) => ({ text, surface, ratio: contrast(color(text), color(surface)) })))
      .filter(({ ratio }) => ratio < 4.5)
    expect(weak).toEqual([])
  })
  it('keeps 4.5:1 on filled buttons and 3:1 around fields', () => {
    expect(contrast(color('accent-fill'), color('accent-fill-text'))).toBeGreaterThanOrEqual(4.5)
    expect(contrast(color('field-line'), color('panel'))).toBeGreaterThanOrEqual(3)
    expect(contrast(color('field-line'), color('bg'))).toBeGreaterThanOrEqual(3)
  })
})

it('tells black from white by 21:1', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5)
})
