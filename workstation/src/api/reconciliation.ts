/** Questions about orders, about studies that do not fit them, and about the rules that put them right. */
import { asking, page, segment } from './asking.ts'
import type { Call } from './http.ts'
import type {
  Choice, DecisionPreview, MatchingRule, MismatchKind, MismatchPage, MismatchState, Order, OrderFilters, RuleDryRun, RuleFacts, RuleForm,
  StudyReconciliation,
} from './reconciliation_types.ts'
import type { Page } from './types.ts'

/** What the decision itself is asked with. */
function bodyOf(choice: Choice): Record<string, string> {
  switch (choice.decision) {
    case 'assign-order': return { order: choice.target }
    case 'assign-patient': return { patient: choice.target }
    case 'accept': return { kind: choice.target }
    default: return {}
  }
}

export function reconciliationApi(call: Call) {
  const { json, nothing } = asking(call)
  const study = (uid: string): string => `/api/reconciliation/studies/${segment(uid)}`
  return {
    mismatches: (kind: MismatchKind | null, state: MismatchState, cursor: string | null, signal?: AbortSignal, limit = 100) =>
      json<MismatchPage>('GET', '/api/reconciliation', { query: { kind: kind ?? undefined, state, ...page(cursor, limit) }, signal }),
    reconciliation: (uid: string, signal?: AbortSignal) => json<StudyReconciliation>('GET', study(uid), { signal }),
    previewDecision: (uid: string, choice: Choice, signal?: AbortSignal) =>
      json<DecisionPreview>('POST', `${study(uid)}/preview`, { body: choice, signal }),
    decide: (uid: string, choice: Choice, reason: string) =>
      json<StudyReconciliation>('POST', `${study(uid)}/${choice.decision}`, { body: { ...bodyOf(choice), reason } }),

    orders: (filters: OrderFilters, signal?: AbortSignal, limit = 20) =>
      json<Page<Order>>('GET', '/api/orders', { query: { ...filters, limit }, signal }),

    matchingRules: async (signal?: AbortSignal) =>
      (await json<{ items: MatchingRule[] }>('GET', '/api/matching-rules', { signal })).items,
    addRule: (rule: RuleForm) => json<MatchingRule>('POST', '/api/matching-rules', { body: rule }),
    changeRule: (id: string, rule: RuleForm) => json<MatchingRule>('PUT', `/api/matching-rules/${segment(id)}`, { body: rule }),
    deleteRule: (id: string, keepalive = false) => nothing('DELETE', `/api/matching-rules/${segment(id)}`, { keepalive }),
    tryRule: (rule: RuleFacts, signal?: AbortSignal) => json<RuleDryRun>('POST', '/api/matching-rules/dry-run', { body: rule, signal }),
  }
}
