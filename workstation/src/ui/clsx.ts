/** Joins class names, leaving out what is not there. */
export default function clsx(...names: (string | false | null | undefined)[]): string {
  return names.filter(Boolean).join(' ')
}
