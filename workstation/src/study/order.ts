/** What the server calls states and priorities of orders, in the words of the page. */
import type { TFunction } from 'i18next'

const statuses = [
  'requested', 'scheduled', 'arrived', 'in-progress', 'completed', 'on-hold', 'cancelled', 'discontinued',
] as const
/** What is said of a priority: the others are nothing to hurry for. */
const pressing = ['STAT', 'HIGH'] as const

const known = <Word extends string>(words: readonly Word[], word: string): Word | undefined => words.find((each) => each === word)

export function statusText(status: string, t: TFunction): string {
  const word = known(statuses, status)
  return word ? t(`order.status.${word}`) : status
}

/** Empty where nobody has to hurry. */
export function priorityText(priority: string, t: TFunction): string {
  const word = known(pressing, priority)
  return word ? t(`order.priority.${word}`) : ''
}
