/** Lays a brotli and a gzip form beside each text file of the build; the server picks by Accept-Encoding. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const compressible = /\.(js|css|html|svg|json)$/
const smallest = 1024

async function compress(path: string): Promise<void> {
  const content = await readFile(path)
  if (content.length < smallest) return
  await writeFile(`${path}.br`, await promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }))
  await writeFile(`${path}.gz`, await promisify(gzip)(content, { level: 9 }))
}

export function precompress(): Plugin {
  let folder = ''
  return {
    name: 'steckel-precompress',
    apply: 'build',
    configResolved(config) {
      folder = join(config.root, config.build.outDir)
    },
    async closeBundle() {
      const names = await readdir(folder, { recursive: true })
      await Promise.all(names.filter((name) => compressible.test(name)).map((name) => compress(join(folder, name))))
    },
  }
}
