/** A rule, new or changed, and what it would do to what is open now. */
import { FlaskConical } from 'lucide-react'
import { useState, type SyntheticEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { idDifferences, mismatchKinds, type MatchingRule, type RuleDryRun, type RuleForm as Form } from '@/api/reconciliation_types.ts'
import { useFormat } from '@/format/use_format.ts'
import { Button } from '@/ui/Button.tsx'
import { Chip, ChipGroup } from '@/ui/Chip.tsx'
import { CheckField, SelectField, TextField } from '@/ui/Field.tsx'
import { useNotices } from '@/ui/Notices.tsx'
import { Dialog, DialogActions } from '@/ui/Overlay.tsx'
import { ProblemView } from '@/ui/ProblemView.tsx'
import { toForm, useSaveRule, useTryRule } from './queries.ts'
import styles from './Rules.module.css'

const blank: Form = { name: '', action: 'assign', kinds: [], sources: [], modalities: [], id_differs: [], same_person: false, same_day: false, enabled: true }

const words = (text: string): string[] => [...new Set(text.split(/[\s,;]+/).filter(Boolean))]

const toggled = <Value,>(list: readonly Value[], value: Value): Value[] =>
  list.includes(value) ? list.filter((each) => each !== value) : [...list, value]

function Outcomes({ run }: { run: RuleDryRun }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className={styles['outcomes']} role="status">
      <p>{t('rules.outcome', { count: run.outcomes.length, shown: format.number(run.outcomes.length), of: format.number(run.looked_at) })}{!run.is_whole && ` ${t('rules.notWhole')}`}</p>
      {run.outcomes.length > 0 && (
        <ul>
          {run.outcomes.map((one) => (
            <li key={one.study_uid}>
              <Link to={`/view/${one.study_uid}`} target="_blank">{t('rules.study')}</Link> {t(`reconciliation.kinds.${one.kind}`)} →{' '}
              <bdi>{[one.patient, one.order].filter(Boolean).join(' · ') || t('rules.accepted')}</bdi>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

export function RuleForm({ rule, onClose }: { rule: MatchingRule | null; onClose: () => void }) {
  const { t } = useTranslation()
  const { tell } = useNotices()
  const [form, setForm] = useState<Form>(rule ? toForm(rule) : blank)
  const [sources, setSources] = useState(form.sources.join(' '))
  const [modalities, setModalities] = useState(form.modalities.join(' '))
  const save = useSaveRule()
  const attempt = useTryRule()
  const change = (part: Partial<Form>): void => {
    setForm({ ...form, ...part })
    attempt.reset()
  }
  const assigns = form.action === 'assign'
  // What accepts compares with nothing; the server would refuse it.
  const value: Form = {
    ...form, name: form.name.trim(), sources: words(sources), modalities: words(modalities.toUpperCase()),
    ...(!assigns && { id_differs: [], same_person: false, same_day: false }),
  }
  const { name, action, kinds, id_differs, same_person, same_day } = value
  const facts = { name, action, kinds, sources: value.sources, modalities: value.modalities, id_differs, same_person, same_day }
  const valid = value.name !== '' && value.kinds.length > 0
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    if (!valid) return
    save.mutate({ id: rule?.id ?? null, rule: value }, { onSuccess: () => { tell(t('rules.saved', { name: value.name })); onClose() } })
  }
  return (
    <Dialog title={rule ? t('rules.change') : t('rules.add')} open wide onClose={onClose}>
      <form className={styles['form']} onSubmit={submit}>
        <TextField label={t('rules.name')} required maxLength={100} value={form.name} onChange={(event) => change({ name: event.target.value })} />
        <div className={styles['field']}>
          <span>{t('rules.kinds')}</span>
          <ChipGroup label={t('rules.kinds')}>
            {mismatchKinds.map((kind) => <Chip key={kind} on={form.kinds.includes(kind)} onClick={() => change({ kinds: toggled(form.kinds, kind) })}>{t(`reconciliation.kinds.${kind}`)}</Chip>)}
          </ChipGroup>
        </div>
        <SelectField label={t('rules.action')} value={form.action} hint={assigns ? t('rules.assignHint') : t('rules.acceptHint')}
          onChange={(event) => change({ action: event.target.value === 'accept' ? 'accept' : 'assign' })}>
          <option value="assign">{t('rules.actions.assign')}</option>
          <option value="accept">{t('rules.actions.accept')}</option>
        </SelectField>
        <div className={styles['pair']}>
          <TextField label={t('rules.sources')} hint={t('rules.anyIfEmpty')} value={sources} onChange={(event) => { setSources(event.target.value); attempt.reset() }} />
          <TextField label={t('rules.modalities')} hint={t('rules.anyIfEmpty')} value={modalities} onChange={(event) => { setModalities(event.target.value); attempt.reset() }} />
        </div>
        {assigns && (
          <>
            <div className={styles['field']}>
              <span>{t('rules.idDiffers')}</span>
              <ChipGroup label={t('rules.idDiffers')}>
                {idDifferences.map((one) => <Chip key={one} on={form.id_differs.includes(one)} onClick={() => change({ id_differs: toggled(form.id_differs, one) })}>{t(`rules.differences.${one}`)}</Chip>)}
              </ChipGroup>
            </div>
            <div className={styles['checks']}>
              <CheckField label={t('rules.samePerson')} checked={form.same_person} onChange={(event) => change({ same_person: event.target.checked })} />
              <CheckField label={t('rules.sameDay')} checked={form.same_day} onChange={(event) => change({ same_day: event.target.checked })} />
            </div>
          </>
        )}
        <CheckField label={t('rules.enabled')} checked={form.enabled} onChange={(event) => change({ enabled: event.target.checked })} />
        {attempt.data && <Outcomes run={attempt.data} />}
        {(save.isError || attempt.isError) && <ProblemView compact error={save.error ?? attempt.error} />}
        <DialogActions>
          <Button className={styles['try']} icon={<FlaskConical />} isDisabled={!valid || attempt.isPending} onPress={() => attempt.mutate(facts)}>{t('rules.try')}</Button>
          <Button onPress={onClose}>{t('action.cancel')}</Button>
          <Button type="submit" kind="filled" isDisabled={!valid || save.isPending}>{t('action.save')}</Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
