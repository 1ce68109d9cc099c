/** Addresses and answers of the DICOMweb door that the workstation uses beside its own API. */

const root = '/dicomweb'

export const thumbnailAddress = (study: string, series: string, size = 160): string =>
  `${root}/studies/${study}/series/${series}/thumbnail?viewport=${size},${size}`

export const ohifAddress = (studies: string[], protocol?: string): string => {
  const query = new URLSearchParams()
  for (const uid of studies) query.append('StudyInstanceUIDs', uid)
  if (protocol !== undefined) query.set('hangingprotocolId', protocol)
  return `/ohif/viewer?${query.toString()}`
}

/** One element of the DICOM JSON model (PS3.18 F.2). */
export interface JsonElement {
  vr: string
  Value?: unknown[]
  BulkDataURI?: string
  InlineBinary?: string
}
export type JsonDataset = Record<string, JsonElement | undefined>

export async function seriesMetadata(study: string, series: string, signal?: AbortSignal): Promise<JsonDataset[]> {
  const response = await fetch(`${root}/studies/${study}/series/${series}/metadata`, {
    headers: { Accept: 'application/dicom+json' },
    credentials: 'same-origin',
    ...(signal ? { signal } : {}),
  })
  if (!response.ok) throw new Error(`metadata: ${response.status}`)
  return (await response.json()) as JsonDataset[]
}

export const renderedDocument = (study: string, series: string, instance: string, mediaType = 'application/pdf'): string =>
  `${root}/studies/${study}/series/${series}/instances/${instance}/rendered?accept=${mediaType}`

export function firstText(dataset: JsonDataset, tag: string): string {
  const value = dataset[tag]?.Value?.[0]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

export function items(dataset: JsonDataset, tag: string): JsonDataset[] {
  return (dataset[tag]?.Value ?? []).filter((item): item is JsonDataset => typeof item === 'object' && item !== null)
}
