/**
 * Keyboard commands. A screen declares what it can do (`useKeys`); one listener on the window finds the newest
 * declaration for a key, and `?` lists them all. Keys typed into a field or a dialog are never commands.
 */
import { createContext, useContext, useEffect, useId, useLayoutEffect, useMemo, useRef, type ReactNode } from 'react'

export interface Command {
  /** `KeyboardEvent.key`, with `Ctrl+`, `Alt+` or `Shift+` before it where needed. Several do the same. */
  keys: readonly string[]
  /** What it does, in the reader's language. */
  label: string
  run: (event: KeyboardEvent) => void
  /** Also while a field has the focus. */
  inFields?: boolean
}

export interface CommandGroup {
  title: string
  commands: readonly Command[]
}

class Registry {
  private readonly groups = new Map<string, CommandGroup>()

  set(id: string, group: CommandGroup): void {
    this.groups.set(id, group)
  }

  delete(id: string): void {
    this.groups.delete(id)
  }

  list(): CommandGroup[] {
    return [...this.groups.values()].reverse()
  }

  find(event: KeyboardEvent): Command | undefined {
    const pressed = chord(event)
    const typing = isField(event.target)
    return this.list()
      .flatMap((group) => group.commands)
      .find((command) => command.keys.includes(pressed) && (!typing || command.inFields === true))
  }
}

function chord(event: KeyboardEvent): string {
  const control = event.ctrlKey || event.metaKey ? 'Ctrl+' : ''
  const alt = event.altKey ? 'Alt+' : ''
  // Shift is part of the key itself where it makes another character, as in `?`.
  const shift = event.shiftKey && event.key.length > 1 ? 'Shift+' : ''
  return control + alt + shift + (control !== '' && event.key.length === 1 ? event.key.toLowerCase() : event.key)
}

function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input:not([type=checkbox]), textarea, select, [contenteditable]') !== null
}

const dialogIsOpen = (): boolean => document.querySelector('[role=dialog], [role=alertdialog], [role=menu], [role=listbox]') !== null

/** The screen is locked: what is behind hears nothing. */
const isCovered = (): boolean => document.querySelector('[data-cover]') !== null

const KeysContext = createContext<Registry | null>(null)

export function KeysProvider({ children }: { children: ReactNode }) {
  const registry = useMemo(() => new Registry(), [])
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || isCovered()) return
      const command = registry.find(event)
      if (!command || (dialogIsOpen() && command.inFields !== true)) return
      event.preventDefault()
      command.run(event)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [registry])
  return <KeysContext value={registry}>{children}</KeysContext>
}

export function useRegistry(): Registry {
  const registry = useContext(KeysContext)
  if (!registry) throw new Error('KeysProvider is missing')
  return registry
}

/** Declares the commands of a screen for as long as it is shown. */
export function useKeys(title: string, commands: readonly Command[]): void {
  const registry = useRegistry()
  const id = useId()
  const latest = useRef(commands)
  useLayoutEffect(() => {
    latest.current = commands
    registry.set(id, { title, commands: latest.current })
  })
  useEffect(() => () => registry.delete(id), [registry, id])
}
