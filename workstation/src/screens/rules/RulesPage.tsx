/** The rules in the order in which they are tried: on and off, up and down, changed and removed. */
import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react'
import type { TFunction } from 'i18next'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MatchingRule } from '@/api/reconciliation_types.ts'
import { useFormat } from '@/format/use_format.ts'
import admin from '@/screens/admin/Admin.module.css'
import { useApi } from '@/session/services.tsx'
import { Button } from '@/ui/Button.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import { rulesKey, toForm, useReorder, useRules, useSaveRule } from './queries.ts'
import { RuleForm } from './RuleForm.tsx'
import styles from './Rules.module.css'

/** The conditions of a rule in words. */
export function conditionsOf(rule: MatchingRule, t: TFunction): string {
  return [
    rule.sources.length > 0 && t('rules.from', { sources: rule.sources.join(', ') }),
    rule.modalities.join(', '),
    rule.id_differs.length > 0 && t('rules.idDiffersIn', { in: rule.id_differs.map((one) => t(`rules.differences.${one}`)).join(', ') }),
    rule.same_person && t('rules.samePerson'),
    rule.same_day && t('rules.sameDay'),
  ].filter(Boolean).join(' · ')
}

interface RowProps {
  rule: MatchingRule
  isFirst: boolean
  isLast: boolean
  onEdit: () => void
  onRemove: () => void
  onMove: (by: -1 | 1) => void
}

function Row({ rule, isFirst, isLast, onEdit, onRemove, onMove }: RowProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const save = useSaveRule()
  const { tellProblem } = useNotices()
  // What was pressed shows at once.
  const on = save.isPending ? !rule.enabled : rule.enabled
  const toggle = (): void => save.mutate({ id: rule.id, rule: { ...toForm(rule), enabled: !rule.enabled } }, { onError: tellProblem })
  return (
    <tr>
      <td className={styles['order']}>
        <Button kind="ghost" icon={<ArrowUp />} isDisabled={isFirst} aria-label={t('rules.up', { name: rule.name })} onPress={() => onMove(-1)} />
        <Button kind="ghost" icon={<ArrowDown />} isDisabled={isLast} aria-label={t('rules.down', { name: rule.name })} onPress={() => onMove(1)} />
      </td>
      <td><button type="button" className={admin['link']} onClick={onEdit}>{rule.name}</button></td>
      <td>{rule.kinds.map((kind) => t(`reconciliation.kinds.${kind}`)).join(', ')}</td>
      <td>{t(`rules.actions.${rule.action}`)}</td>
      <td className={styles['conditions']}>{conditionsOf(rule, t)}</td>
      <td className={styles['quiet']}>{[format.instant(rule.changed), rule.by].join(' · ')}</td>
      <td><input type="checkbox" checked={on} disabled={save.isPending} aria-label={t('rules.enabledOf', { name: rule.name })} onChange={toggle} /></td>
      <td><Button kind="ghost" icon={<Trash2 />} aria-label={t('rules.remove', { name: rule.name })} onPress={onRemove} /></td>
    </tr>
  )
}

export function RulesPage() {
  const { t } = useTranslation()
  const api = useApi()
  const client = useQueryClient()
  const list = useRules()
  const reorder = useReorder()
  const { undoable, tellProblem } = useNotices()
  const [editing, setEditing] = useState<MatchingRule | 'new' | null>(null)
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  if (list.isPending) return <QuietBar />
  if (list.isError) return <ProblemView error={list.error} onRetry={() => void list.refetch()} />
  const shown = list.data.filter((rule) => !hidden.has(rule.id))
  const remove = (rule: MatchingRule): void => {
    setHidden((ids) => new Set([...ids, rule.id]))
    const back = (): void => setHidden((ids) => new Set([...ids].filter((id) => id !== rule.id)))
    undoable({
      text: t('rules.removed', { name: rule.name }),
      commit: async (leaving) => {
        await api.deleteRule(rule.id, leaving)
        await client.invalidateQueries({ queryKey: rulesKey })
        back()
      },
      onUndo: back,
    })
  }
  const move = (index: number, by: -1 | 1): void => {
    const rule = shown[index]
    if (!rule) return
    const rest = shown.filter((each) => each.id !== rule.id)
    reorder.mutate([...rest.slice(0, index + by), rule, ...rest.slice(index + by)], { onError: tellProblem })
  }
  return (
    <div className={admin['page']}>
      <p className={admin['lead']}>{t('rules.lead')}</p>
      <Button kind="filled" icon={<Plus />} onPress={() => setEditing('new')}>{t('rules.add')}</Button>
      {shown.length === 0 ? <p className={admin['lead']}>{t('rules.none')}</p> : (
        <table className={styles['table']}>
          <thead>
            <tr>
              <th scope="col">{t('rules.order')}</th>
              <th scope="col">{t('rules.name')}</th>
              <th scope="col">{t('rules.kinds')}</th>
              <th scope="col">{t('rules.action')}</th>
              <th scope="col">{t('rules.conditions')}</th>
              <th scope="col">{t('rules.changed')}</th>
              <th scope="col">{t('rules.on')}</th>
              <th scope="col"><span className="visually-hidden">{t('inbox.columns.actions')}</span></th>
            </tr>
          </thead>
          <tbody>
            {shown.map((rule, index) => (
              <Row key={rule.id} rule={rule} isFirst={index === 0 || reorder.isPending} isLast={index === shown.length - 1 || reorder.isPending}
                onEdit={() => setEditing(rule)} onRemove={() => remove(rule)} onMove={(by) => move(index, by)} />
            ))}
          </tbody>
        </table>
      )}
      {editing !== null && <RuleForm rule={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </div>
  )
}
