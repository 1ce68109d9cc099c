/** What the calls find out about the line to the server: is it there, and does it still know us. */

export interface ConnectionState {
  reachable: boolean
  /** The session ended while somebody was working. */
  expired: boolean
  /** The server asks for something first: how the session stands has to be asked again. */
  barred: boolean
}

export class Connection {
  private state: ConnectionState = { reachable: true, expired: false, barred: false }
  private readonly listeners = new Set<() => void>()

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly snapshot = (): ConnectionState => this.state

  readonly lost = (): void => this.change({ reachable: false })
  readonly found = (): void => this.change({ reachable: true })
  readonly unauthorized = (): void => this.change({ expired: true })
  readonly barred = (): void => this.change({ barred: true })
  readonly unbarred = (): void => this.change({ barred: false })
  readonly authorized = (): void => this.change({ expired: false, reachable: true })

  private change(part: Partial<ConnectionState>): void {
    const next = { ...this.state, ...part }
    const same = next.reachable === this.state.reachable && next.expired === this.state.expired
    if (same && next.barred === this.state.barred) return
    this.state = next
    for (const listener of this.listeners) listener()
  }
}
