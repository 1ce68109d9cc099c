/** How a study can be laid out in OHIF, and which studies can be shown as a volume. */
import type { Series } from '@/api/types.ts'

export const layouts = ['2d', 'mpr', '3d'] as const
export type Layout = (typeof layouts)[number]

/** OHIF's names of its hanging protocols; without one it chooses by itself. */
export const protocols: Record<Layout, string | undefined> = { '2d': undefined, mpr: 'mpr', '3d': 'mprAnd3DVolumeViewport' }

export const layoutOf = (value: string | null): Layout => layouts.find((layout) => layout === value) ?? '2d'

const volumetric = new Set(['CT', 'MR', 'PT', 'NM'])

/** OHIF shows blank panes for what cannot be a volume, so it is not offered. */
export const canBeVolume = (series: readonly Series[]): boolean =>
  series.some((each) => each.kind === 'image' && volumetric.has(each.modality))

export interface Kinds {
  pictures: boolean
  documents: Series[]
}

/** OHIF draws the curves of an ECG, too. Measurements and segmentations belong to the viewer; with pictures it shows them itself. */
export function kindsOf(series: readonly Series[]): Kinds {
  return {
    pictures: series.some((each) => each.kind === 'image' || each.modality === 'ECG'),
    documents: series.filter((each) => each.kind === 'document' || each.kind === 'report'),
  }
}
