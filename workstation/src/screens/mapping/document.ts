/** The text of a profile: what a new one begins with, and which line a complaint of the server is about. */

const quoted = (text: string): string => JSON.stringify(text)

/** Every key that there is, with what holds without it; those of a new profile are commented out. */
export const newDocument = (sender: string): string => `[match]
senders = [${quoted(sender || '*')}]
# processing-ids = ["P"]

[text]
# charset = "UNICODE UTF-8"
# time-zone = "Europe/Paris"

[patient]
# authorities = ["HOSPITAL"]
# issuer = ""
# snapshot = false

[orders]
# too-long = "reject"          # "map", "map-steps"
# study-uid = "derive"         # "generate", "reject"
# identity = "order"           # "procedure"

[errors]
# later-messages = "pass"      # "wait"

[tables.modality]
# SCANNER = "CT"

[fields]
# accession = "IPC-1|OBR-18"
`

/** A name for the profile of a sender, `APP^FACILITY`. */
export const nameFor = (sender: string): string => sender.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '').toLowerCase().slice(0, 64)

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The line (from 1) on which a key such as `orders.too-long` stands, or its table; null when it is not there. */
function lineOfKey(document: string, path: string): number | null {
  const lines = document.split('\n')
  const dot = path.lastIndexOf('.')
  const [table, key] = dot < 0 ? ['', path] : [path.slice(0, dot), path.slice(dot + 1)]
  const repeated = /^(.*)\[(\d+)\]$/.exec(table)
  let [inside, seen, tableLine] = [table === '', 0, null as number | null]
  const isKey = new RegExp(`^\\s*"?${escaped(key)}"?\\s*=`)
  for (const [index, line] of lines.entries()) {
    const header = /^\s*\[{1,2}\s*([^\]]+?)\s*\]{1,2}/.exec(line)
    if (header) {
      const name = header[1] ?? ''
      if (name === repeated?.[1]) seen += 1
      inside = name === (repeated?.[1] ?? table) && (repeated === null || seen === Number(repeated[2]))
      if (inside || name === path) tableLine ??= index + 1
    } else if (inside && isKey.test(line)) return index + 1
  }
  return tableLine
}

/** Where the server's complaint is: it names a line, or begins with a key. */
export function lineOfProblem(document: string, detail: string): number | null {
  const line = /\(at line (\d+)|line (\d+) column/.exec(detail)
  if (line) return Number(line[1] ?? line[2])
  const key = /^([\w-]+(?:\[\d+\])?(?:\.[\w-]+(?:\[\d+\])?)*)\s/.exec(detail)
  return key ? lineOfKey(document, key[1] ?? '') : null
}
