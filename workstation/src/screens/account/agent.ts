/** What a browser calls itself, as a person would: the browser and the system. */

const browsers = [['Firefox', /Firefox\//], ['Edge', /Edg\//], ['Opera', /OPR\//], ['Chrome', /Chrome\//], ['Safari', /Safari\//]] as const
const systems = [['Windows', /Windows/], ['Android', /Android/], ['iOS', /iPhone|iPad/], ['macOS', /Mac OS X/], ['Linux', /Linux/]] as const

const found = (names: readonly (readonly [string, RegExp])[], agent: string): string | undefined =>
  names.find(([, pattern]) => pattern.test(agent))?.[0]

export function nameAgent(agent: string): string {
  const named = [found(browsers, agent), found(systems, agent)].filter((name) => name !== undefined)
  return named.length > 0 ? named.join(', ') : agent
}
