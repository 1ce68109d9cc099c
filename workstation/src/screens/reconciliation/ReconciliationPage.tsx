/** Studies that do not fit what was ordered: at the left those that wait, at the right the one that is looked at. */
import { PackageCheck, Scale } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { mismatchKinds, type MismatchKind, type MismatchState } from '@/api/reconciliation_types.ts'
import { useFormat } from '@/format/use_format.ts'
import { useKeys } from '@/keys/keys.tsx'
import { useMay } from '@/session/session.tsx'
import { Button } from '@/ui/Button.tsx'
import { Chip, ChipGroup } from '@/ui/Chip.tsx'
import { Empty } from '@/ui/Empty.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { QuietBar } from '@/ui/QuietBar.tsx'
import { CaseList } from './CaseList.tsx'
import { CasePane, type Asked } from './CasePane.tsx'
import { DecisionDialog } from './DecisionDialog.tsx'
import { useMismatches } from './queries.ts'
import styles from './Reconciliation.module.css'

const states: readonly MismatchState[] = ['open', 'resolved', 'accepted']

export function ReconciliationPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const administer = useMay('administer')
  const { tell } = useNotices()
  const [kind, setKind] = useState<MismatchKind | null>(null)
  const [state, setState] = useState<MismatchState>('open')
  const [chosen, setChosen] = useState<string | null>(null)
  const [asked, setAsked] = useState<Asked | null>(null)
  const list = useMismatches(kind, state)
  const { cases, counts } = list
  const index = cases.findIndex((item) => item.uid === chosen)
  const move = (to: number): void => setChosen(cases[Math.max(0, Math.min(cases.length - 1, to))]?.uid ?? null)
  useKeys(t('inbox.reconciliation'), [
    { keys: ['ArrowDown', 'j'], label: t('studies.keys.down'), run: () => move(index + 1) },
    { keys: ['ArrowUp', 'k'], label: t('studies.keys.up'), run: () => move(index < 0 ? 0 : index - 1) },
    { keys: ['Home'], label: t('studies.keys.first'), run: () => move(0) },
    { keys: ['End'], label: t('studies.keys.last'), run: () => move(cases.length - 1) },
  ])
  const shown = chosen ?? cases[0]?.uid ?? null
  return (
    <div className={styles['screen']}>
      <div className={styles['bar']}>
        <ChipGroup label={t('reconciliation.state')}>
          {states.map((each) => <Chip key={each} on={state === each} onClick={() => { setState(each); setChosen(null) }}>{t(`reconciliation.states.${each}`)}</Chip>)}
        </ChipGroup>
        <ChipGroup label={t('reconciliation.kind')}>
          {mismatchKinds.map((each) => (
            <Chip key={each} on={kind === each} onClick={() => { setKind(kind === each ? null : each); setChosen(null) }}>
              {t(`reconciliation.kinds.${each}`)} {state === 'open' && counts && <span className={styles['quiet']}>{format.number(counts[each])}</span>}
            </Chip>
          ))}
        </ChipGroup>
        {administer && <Button icon={<Scale />} className={styles['rules']} onPress={() => void navigate('/admin/rules')}>{t('rules.title')}</Button>}
      </div>
      <QuietBar active={list.isPending || list.isPlaceholderData || list.isFetchingNextPage} />
      {list.isError && cases.length === 0 && <ProblemView error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && cases.length === 0 && (
        <Empty icon={<PackageCheck aria-hidden="true" />} title={t('reconciliation.none')}><p>{t('reconciliation.noneHow')}</p></Empty>
      )}
      {(cases.length > 0 || chosen !== null) && (
        <div className={styles['main']}>
          <div className={styles['left']}>
            <CaseList cases={cases} chosen={shown} onChoose={setChosen} />
            {list.hasNextPage && <Button isDisabled={list.isFetchingNextPage} onPress={() => void list.fetchNextPage()}>{t('action.more')}</Button>}
          </div>
          {shown !== null && <CasePane key={shown} uid={shown} onAsk={setAsked} />}
        </div>
      )}
      {asked && (
        <DecisionDialog {...asked} onClose={() => setAsked(null)} onDone={() => {
          tell(t(`reconciliation.done.${asked.choice.decision}`))
          setAsked(null)
          // What was decided stays in sight, so that it can be taken back.
          setChosen(asked.uid)
        }} />
      )}
    </div>
  )
}
