/** Lays the licences of all packages in the build beside it: they ask for their notices to be passed on. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

const licence = /^(licen[cs]e|copying|notice)/i
const folder = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//

interface Manifest {
  name: string
  version: string
  license?: string
}

/** The folder of the package that a module belongs to, or nothing for our own. */
export function packageFolder(module: string): string | undefined {
  return folder.exec(module.replace('\0', ''))?.[1]
}

function notice(path: string): string {
  const { name, version, license = 'no licence named' } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest
  const texts = readdirSync(path).filter((file) => licence.test(file)).sort().map((file) => readFileSync(join(path, file), 'utf8').trim())
  return [`${name} ${version} (${license})`, ...texts].join('\n\n')
}

export function notices(): Plugin {
  return {
    name: 'steckel-notices',
    apply: 'build',
    generateBundle() {
      const folders = new Set([...this.getModuleIds()].map(packageFolder).filter((path) => path !== undefined))
      const line = `\n\n${'-'.repeat(79)}\n\n`
      const source = `${[...folders].sort().map(notice).join(line)}\n`
      this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-NOTICES.txt', source })
    },
  }
}
