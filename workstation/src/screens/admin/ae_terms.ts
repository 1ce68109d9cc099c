/** What a remote AE may do when it calls, as a person types it. */
import { AE_RIGHTS, type AeRight, type AeTerms, type RemoteAe } from '@/api/types.ts'

export interface TypedTerms {
  rights: AeRight[]
  networks: string
  sees: string
  certificate: string
}

export const typedTerms = (ae: RemoteAe | null): TypedTerms => ({
  rights: ae?.rights ?? [...AE_RIGHTS],
  networks: (ae?.networks ?? []).join(', '),
  sees: JSON.stringify(ae?.sees ?? { everything: true, confidential: true, rules: [] }),
  certificate: ae?.certificate ?? '',
})

/** The terms, or null where what it sees is no JSON object. */
export function termsOf(typed: TypedTerms): AeTerms | null {
  const sees = objectIn(typed.sees)
  if (sees === null) return null
  const networks = typed.networks.split(/[\s,;]+/).filter((network) => network !== '')
  return { rights: typed.rights, networks, sees, certificate: typed.certificate.trim() }
}

function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}
