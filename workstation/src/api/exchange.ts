/** Questions about messages of other systems, how they are read, and messages to other systems. */
import { asking, page, segment } from './asking.ts'
import type {
  ConnectionTest, DeliveryDetail, DeliveryFilters, DeliveryPage, Destination, DestinationSettings, MessageDetail, MessagePage,
  MessageSelection, MessageSummary, Profile, ProfileDraft, ProfileExample, ProfileList, ProfileTrial, Replay,
} from './exchange_types.ts'
import type { Call } from './http.ts'
import type { Language } from './types.ts'

export function exchangeApi(call: Call) {
  const { json, nothing } = asking(call)
  return {
    messages: (selection: MessageSelection, cursor: string | null, signal?: AbortSignal, limit = 100) =>
      json<MessagePage>('GET', '/api/hl7/messages', { query: { ...selection, ...page(cursor, limit) }, signal }),
    message: (id: number, language: Language, signal?: AbortSignal) =>
      json<MessageDetail>('GET', `/api/hl7/messages/${id}`, { query: { language }, signal }),
    messageSummary: (signal?: AbortSignal) => json<MessageSummary>('GET', '/api/hl7/summary', { signal }),
    replayMessages: async (replay: Replay) =>
      (await json<{ replayed: number }>('POST', '/api/hl7/messages/replay', { body: replay })).replayed,

    profiles: (source: string, signal?: AbortSignal) =>
      json<ProfileList>('GET', '/api/hl7/profiles', { query: { source }, signal }),
    profileVersions: async (name: string, signal?: AbortSignal) =>
      (await json<ProfileList>('GET', '/api/hl7/profiles/versions', { query: { name }, signal })).items,
    saveProfile: (draft: ProfileDraft) => json<Profile>('POST', '/api/hl7/profiles', { body: draft }),
    activateProfile: (name: string, version: number) =>
      json<Profile>('POST', '/api/hl7/profiles/activate', { body: { name, version } }),
    retireProfile: (name: string) => json<Profile>('POST', '/api/hl7/profiles/retire', { body: { name } }),
    tryProfile: (draft: ProfileDraft, example: ProfileExample, signal?: AbortSignal) =>
      json<ProfileTrial>('POST', '/api/hl7/profiles/dry-run', { body: { ...draft, ...example }, signal }),

    destinations: async (signal?: AbortSignal) =>
      (await json<{ items: Destination[] }>('GET', '/api/destinations', { signal })).items,
    addDestination: (name: string, settings: DestinationSettings) =>
      json<Destination>('POST', '/api/destinations', { body: { name, ...settings } }),
    changeDestination: (name: string, settings: DestinationSettings) =>
      json<Destination>('PUT', `/api/destinations/${segment(name)}`, { body: settings }),
    deleteDestination: (name: string) => nothing('DELETE', `/api/destinations/${segment(name)}`),
    pauseDestination: (name: string) => json<Destination>('POST', `/api/destinations/${segment(name)}/pause`),
    resumeDestination: (name: string) => json<Destination>('POST', `/api/destinations/${segment(name)}/resume`),
    resendParked: async (name: string) =>
      (await json<{ resent: number }>('POST', `/api/destinations/${segment(name)}/resend`)).resent,
    testDestination: (settings: DestinationSettings) =>
      json<ConnectionTest>('POST', '/api/destinations/test', { body: settings }),

    deliveries: (filters: DeliveryFilters, cursor: string | null, signal?: AbortSignal, limit = 100) =>
      json<DeliveryPage>('GET', '/api/deliveries', { query: { ...filters, ...page(cursor, limit) }, signal }),
    delivery: (id: number, language: Language, signal?: AbortSignal) =>
      json<DeliveryDetail>('GET', `/api/deliveries/${id}`, { query: { language }, signal }),
    resendDelivery: (id: number) => nothing('POST', `/api/deliveries/${id}/resend`),
    dropDelivery: (id: number) => nothing('POST', `/api/deliveries/${id}/drop`),
  }
}
