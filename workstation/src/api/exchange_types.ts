/** What the server's JSON API says and takes of messages, profiles of their sources, and destinations. */
import type { Page } from './types.ts'

export const messageStates = ['received', 'processed', 'warning', 'error', 'ignored'] as const
export type MessageState = (typeof messageStates)[number]

export interface Hl7Message {
  id: number
  /** `APP^FACILITY` */
  source: string
  door: string
  address: string
  certificate: string
  /** ISO 8601, UTC */
  received: string
  said: string | null
  processed: string | null
  control_id: string
  /** `ADT^A40` */
  type: string
  state: MessageState
  reason: string
  /** A path, `PID-3`, or as ERR-2 spells it, `PID^1^3`. */
  location: string
  patient_id: string
  accession: string
  repeats: number
  attempts: number
  size: number
}

export interface MessageField {
  number: number
  label: string
  text: string
  cut: boolean
}

export interface MessageSegment {
  name: string
  number: number
  label: string
  fields: MessageField[]
}

export interface MessageContent {
  charset: string
  warnings: string[]
  segments: MessageSegment[]
  text: string
  cut: boolean
}

export interface MessageDetail extends Hl7Message, MessageContent {}

export interface MessageSelection {
  state?: MessageState
  type?: string
  source?: string
  text?: string
  since?: string
  until?: string
}

export interface MessageSummary {
  states: { state: MessageState; count: number; exact: boolean }[]
  oldest_waiting: string | null
}

export type Replay = { ids: number[] } | { selection: MessageSelection }

export interface Profile {
  name: string
  version: number
  active: boolean
  body: string
  at: string
  by: string
}

export interface ProfileList {
  items: Profile[]
  /** Version 0 is the built-in one. */
  in_force: { name: string; version: number } | null
}

export interface TrialSide {
  profile: { name: string; version: number }
  fault: { code: number; location: string; text: string } | null
  unused: string
  warnings: string[]
  statements: Record<string, unknown>[]
  worklist: Record<string, unknown>[]
}

export interface ProfileTrial {
  before: TrialSide
  after: TrialSide
  differs: boolean
  /** Keywords of attributes, by tag. */
  keywords: Record<string, string>
}

export interface ProfileDraft {
  name: string
  body: string
}

export type ProfileExample = { message: number } | { text: string }

export interface DestinationOptions {
  events: string[]
  application: string
  facility: string
  version: string
  charset: string
  processing: string
  order_message: string
  study_message: string
  patient_message: string
  report_message: string
  report_format: string
  text_lines: string
  report_statuses: string[]
  order_statuses: string[]
  viewer_url: string
  issuers: string[]
  modalities: string[]
  not_from: string[]
  acknowledgement: string
  answer_seconds: number
  on_reject: string
  error_retries: number
}

export interface DestinationSettings {
  host: string
  port: number
  tls: boolean
  options: Partial<DestinationOptions>
}

export interface Destination extends DestinationSettings {
  name: string
  options: DestinationOptions
  paused: boolean
  failing_since: string | null
  problem: string
  /** Counting stops at 10,000. */
  waiting: number
  parked: number
  changed: string
  changed_by: string
}

export interface ConnectionTest {
  ok: boolean
  milliseconds: number
  message: string
  code: string
}

export const deliveryStates = ['waiting', 'parked', 'sent', 'dropped'] as const
export type DeliveryState = (typeof deliveryStates)[number]

export interface Delivery {
  id: number
  destination: string
  type: string
  control_id: string
  patient_id: string
  accession: string
  state: DeliveryState
  attempts: number
  next_attempt: string | null
  created: string
  sent: string | null
  reason: string
  size: number
}

export interface DeliveryDetail extends Delivery {
  message: MessageContent
  answer: MessageContent | null
}

export interface DeliveryFilters {
  destination?: string
  state?: DeliveryState
  text?: string
}

export type MessagePage = Page<Hl7Message>
export type DeliveryPage = Page<Delivery>
