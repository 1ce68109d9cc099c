import { expect, it } from 'vitest'
import { walkDrop } from './walk.ts'

const fileEntry = (fullPath: string) => ({
  isFile: true, fullPath, file: (resolve: (file: File) => void) => resolve(new File(['x'], fullPath)),
})

/** Hands its children out in batches, as browsers do. */
function folderEntry(fullPath: string, batches: unknown[][]) {
  return {
    isFile: false, fullPath,
    createReader: () => {
      const left = [...batches, []]
      return { readEntries: (resolve: (entries: unknown[]) => void) => resolve(left.shift() ?? []) }
    },
  }
}

const drop = (...entries: unknown[]) => ({ items: entries.map((entry) => ({ webkitGetAsEntry: () => entry })), files: [] }) as unknown as DataTransfer

it('finds every file of dropped folders, over several batches and levels', async () => {
  const inner = folderEntry('/cd/DICOM', [[fileEntry('/cd/DICOM/IM1')], [fileEntry('/cd/DICOM/IM2')]])
  const walk = walkDrop(drop(folderEntry('/cd', [[fileEntry('/cd/DICOMDIR'), inner]]), fileEntry('/a.zip')))
  const paths: string[] = []
  for await (const found of walk) paths.push(found.path)
  expect(paths).toEqual(['cd/DICOMDIR', 'cd/DICOM/IM1', 'cd/DICOM/IM2', 'a.zip'])
})

it('takes plain files where the browser knows no entries', async () => {
  const data = { items: [{ webkitGetAsEntry: () => null }], files: [new File(['x'], 'b.dcm')] } as unknown as DataTransfer
  const paths: string[] = []
  for await (const found of walkDrop(data)) paths.push(found.path)
  expect(paths).toEqual(['b.dcm'])
})
