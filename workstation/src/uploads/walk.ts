/** What was dropped, as files: folders are opened one batch at a time, so a million files never lie in memory. */

export interface FoundFile {
  /** With the folders it lies in, as it is told to the server. */
  path: string
  open: () => Promise<File>
}

function readBatch(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject))
}

function openEntry(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject))
}

async function* walkEntry(entry: FileSystemEntry): AsyncGenerator<FoundFile> {
  const path = entry.fullPath.replace(/^\//, '')
  if (entry.isFile) {
    yield { path, open: () => openEntry(entry as FileSystemFileEntry) }
    return
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  // A reader hands out at most a hundred entries a call (Chromium); an empty batch is the end.
  for (let batch = await readBatch(reader); batch.length > 0; batch = await readBatch(reader)) {
    for (const child of batch) yield* walkEntry(child)
  }
}

async function* walkEntries(entries: FileSystemEntry[]): AsyncGenerator<FoundFile> {
  for (const entry of entries) yield* walkEntry(entry)
}

// eslint-disable-next-line @typescript-eslint/require-await -- the same shape as a walk through folders
export async function* walkFiles(files: Iterable<File>): AsyncGenerator<FoundFile> {
  for (const file of files) yield { path: file.webkitRelativePath || file.name, open: () => Promise.resolve(file) }
}

/** Must be called inside the drop event: the browser empties the list right after it. */
export function walkDrop(data: DataTransfer): AsyncGenerator<FoundFile> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
  return entries.length > 0 ? walkEntries(entries) : walkFiles([...data.files])
}
