/** Asks the browser for a passkey, in the JSON forms of WebAuthn Level 3, which not every browser has itself. */
import type { KeyOptions } from '@/api/access_types.ts'

const toBytes = (text: string): ArrayBuffer => {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer
}

const toText = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')

const descriptors = (given: KeyOptions['allowCredentials']) => (given ?? []).map(({ id, type }) => ({ id: toBytes(id), type }))

/** Whether this page may use passkeys: not without TLS, and not under a bare address. */
export const hasPasskeys = (): boolean =>
  typeof PublicKeyCredential !== 'undefined' && window.isSecureContext && !/^[\d.]+$|^\[/.test(window.location.hostname)

function spell(made: Credential | null): object {
  if (!(made instanceof PublicKeyCredential)) throw new DOMException('no passkey', 'NotAllowedError')
  const { response } = made
  const parts = response instanceof AuthenticatorAttestationResponse
    ? { attestationObject: toText(response.attestationObject), transports: response.getTransports() }
    : response instanceof AuthenticatorAssertionResponse
      ? {
          authenticatorData: toText(response.authenticatorData),
          signature: toText(response.signature),
          userHandle: response.userHandle && toText(response.userHandle),
        }
      : {}
  return {
    id: made.id,
    rawId: toText(made.rawId),
    type: made.type,
    clientExtensionResults: {},
    response: { clientDataJSON: toText(response.clientDataJSON), ...parts },
  }
}

export async function makePasskey(options: KeyOptions): Promise<object> {
  const { user } = options
  const publicKey = {
    ...options,
    challenge: toBytes(options.challenge),
    user: { ...user, id: toBytes(user?.id ?? '') },
    excludeCredentials: descriptors(options.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions
  return spell(await navigator.credentials.create({ publicKey }))
}

export async function signWithPasskey(options: KeyOptions): Promise<object> {
  const publicKey = {
    ...options,
    challenge: toBytes(options.challenge),
    allowCredentials: descriptors(options.allowCredentials),
  } as unknown as PublicKeyCredentialRequestOptions
  return spell(await navigator.credentials.get({ publicKey }))
}

/** Whoever closes the browser's dialog has changed their mind: no error to show. */
export const wasGivenUp = (error: unknown): boolean => error instanceof DOMException && ['NotAllowedError', 'AbortError'].includes(error.name)
