/** The rules that put mismatches right without a person. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { MatchingRule, RuleFacts, RuleForm } from '@/api/reconciliation_types.ts'
import { useApi } from '@/session/services.tsx'

export const rulesKey = ['matching-rules'] as const

export const toForm = ({ name, action, kinds, sources, modalities, id_differs, same_person, same_day, enabled, position }: MatchingRule): RuleForm =>
  ({ name, action, kinds, sources, modalities, id_differs, same_person, same_day, enabled, position })

export function useRules() {
  const api = useApi()
  return useQuery({ queryKey: rulesKey, queryFn: ({ signal }) => api.matchingRules(signal) })
}

export function useSaveRule() {
  const api = useApi()
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, rule }: { id: string | null; rule: RuleForm }) => (id === null ? api.addRule(rule) : api.changeRule(id, rule)),
    onSettled: () => client.invalidateQueries({ queryKey: rulesKey }),
  })
}

/** Brings rules into an order; only those that change their place are written. */
export function useReorder() {
  const api = useApi()
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (rules: readonly MatchingRule[]) => {
      for (const [index, rule] of rules.entries()) {
        if (rule.position !== index + 1) await api.changeRule(rule.id, { ...toForm(rule), position: index + 1 })
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: rulesKey }),
  })
}

export function useTryRule() {
  const api = useApi()
  return useMutation({ mutationFn: (rule: RuleFacts) => api.tryRule(rule) })
}
