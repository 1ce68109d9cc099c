/** What a role sees: everything, or what meets one of several rules. */
import { Plus, Trash2, X } from 'lucide-react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { flagTerms, own, type FlagTerm, type ListTerm, type Sees, type SeesRule, type Term } from '@/api/sight_types.ts'
import { Button } from '@/ui/Button.tsx'
import { Chip, ChipGroup } from '@/ui/Chip.tsx'
import { CheckField } from '@/ui/Field.tsx'
import { ListField } from '@/ui/ListField.tsx'
import styles from './Roles.module.css'
import { termsLeft } from './words.ts'

const isFlag = (term: Term): term is FlagTerm => (flagTerms as readonly Term[]).includes(term)
const capitals = (text: string): string => text.toUpperCase()

/** A modality is nobody's own. */
function OwnOrListed({ term, isOwn, onChange }: { term: Exclude<ListTerm, 'modalities'>; isOwn: boolean; onChange: (isOwn: boolean) => void }) {
  const { t } = useTranslation()
  return (
    <ChipGroup label={t(`roles.terms.${term}`)}>
      <Chip on={isOwn} onClick={() => onChange(true)}>{t(`roles.ownShort.${term}`)}</Chip>
      <Chip on={!isOwn} onClick={() => onChange(false)}>{t('roles.these')}</Chip>
    </ChipGroup>
  )
}

interface ConditionProps {
  term: Term
  rule: SeesRule
  onChange: (rule: SeesRule) => void
}

function Condition({ term, rule, onChange }: ConditionProps) {
  const { t } = useTranslation()
  const label = t(`roles.terms.${term}`)
  const value = isFlag(term) ? undefined : rule[term]
  const remove = (): void => onChange(Object.fromEntries(Object.entries(rule).filter(([name]) => name !== term)))
  return (
    <li className={styles['condition']}>
      <span className={styles['term']}>{label}</span>
      <div className={styles['values']}>
        {isFlag(term) && <span className={styles['quiet']}>{t(`roles.flagWhat.${term}`)}</span>}
        {!isFlag(term) && term !== 'modalities' && <OwnOrListed term={term} isOwn={value === own} onChange={(isOwn) => onChange({ ...rule, [term]: isOwn ? own : [] })} />}
        {!isFlag(term) && value !== own && (
          <ListField label={t('roles.valuesOf', { term: label })} hint={t(`roles.valueHint.${term}`)} values={value ?? []} {...(term === 'modalities' && { clean: capitals })}
            onChange={(values) => onChange({ ...rule, [term]: values })} />
        )}
      </div>
      <Button kind="ghost" icon={<X />} aria-label={t('roles.removeTerm', { term: label })} onPress={remove} />
    </li>
  )
}

interface RuleProps {
  number: number
  rule: SeesRule
  onChange: (rule: SeesRule) => void
  onRemove: () => void
}

function Rule({ number, rule, onChange, onRemove }: RuleProps) {
  const { t } = useTranslation()
  const id = useId()
  const named = Object.keys(rule) as Term[]
  const add = (term: Term): void => onChange({ ...rule, [term]: isFlag(term) ? true : term === 'modalities' ? [] : own })
  const left = termsLeft(rule)
  return (
    <fieldset className={styles['rule']}>
      <legend className="visually-hidden">{t('roles.rule', { number })}</legend>
      <header className={styles['ruleHead']}>
        <span className={styles['quiet']}>{number === 1 ? t('roles.studies') : t('roles.orStudies')}</span>
        <Button kind="ghost" icon={<Trash2 />} aria-label={t('roles.removeRule', { number })} onPress={onRemove} />
      </header>
      <ul>{named.map((term) => <Condition key={term} term={term} rule={rule} onChange={onChange} />)}</ul>
      {left.length > 0 && (
        <div className={styles['addTerm']}>
          <label htmlFor={id} className="visually-hidden">{t('roles.addTerm')}</label>
          <select id={id} value="" onChange={(event) => add(event.target.value as Term)}>
            <option value="">{named.length === 0 ? t('roles.addTerm') : t('roles.andTerm')}</option>
            {left.map((term) => <option key={term} value={term}>{t(`roles.terms.${term}`)}</option>)}
          </select>
        </div>
      )}
    </fieldset>
  )
}

export function SeesField({ sees, onChange }: { sees: Sees; onChange: (sees: Sees) => void }) {
  const { t } = useTranslation()
  const setRules = (rules: SeesRule[]): void => onChange({ ...sees, rules })
  return (
    <fieldset className={styles['sees']}>
      <legend>{t('roles.sees')}</legend>
      <ChipGroup label={t('roles.sees')}>
        <Chip on={sees.everything} onClick={() => onChange({ ...sees, everything: true })}>{t('roles.seesAll')}</Chip>
        <Chip on={!sees.everything} onClick={() => onChange({ ...sees, everything: false })}>{t('roles.seesRules')}</Chip>
      </ChipGroup>
      {!sees.everything && (
        <>
          {sees.rules.length === 0 && <p className={styles['quiet']}>{t('roles.noRules')}</p>}
          {sees.rules.map((rule, index) => (
            <Rule key={index} number={index + 1} rule={rule} onChange={(next) => setRules(sees.rules.map((each, at) => (at === index ? next : each)))}
              onRemove={() => setRules(sees.rules.filter((_, at) => at !== index))} />
          ))}
          <Button className={styles['add']} icon={<Plus />} onPress={() => setRules([...sees.rules, {}])}>{t('roles.addRule')}</Button>
        </>
      )}
      <CheckField label={t('roles.confidential')} note={t('roles.confidentialWhat')} checked={sees.confidential} onChange={(event) => onChange({ ...sees, confidential: event.target.checked })} />
    </fieldset>
  )
}
