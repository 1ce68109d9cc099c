/** Where somebody was in the list, so that Back from a study leads to the same row. Ends with the tab. */
import { useState } from 'react'

export interface Spot {
  selected: string | null
  top: number
}

const spotKey = 'steckel.studies.spot'
const previewKey = 'steckel.studies.preview'

export function rememberSpot(spot: Spot): void {
  sessionStorage.setItem(spotKey, JSON.stringify(spot))
}

function takeSpot(): Spot {
  const text = sessionStorage.getItem(spotKey)
  sessionStorage.removeItem(spotKey)
  if (text === null) return { selected: null, top: 0 }
  const { selected, top } = JSON.parse(text) as Spot
  return { selected, top }
}

export const useSpot = (): Spot => useState(takeSpot)[0]

/** On a narrow page the panel would lie over the list, so there it is opened by hand. */
const roomForPreview = 1000

export function previewRemembered(): boolean {
  const remembered = localStorage.getItem(previewKey)
  return remembered === null ? window.innerWidth > roomForPreview : remembered === 'on'
}

export function rememberPreview(on: boolean): void {
  localStorage.setItem(previewKey, on ? 'on' : 'off')
}
