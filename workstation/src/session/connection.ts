/** What the calls find out about the line to the server: is it there, and does it still know us. */

export interface ConnectionState {
  reachable: boolean
  /** The session ended while somebody was working. */
  expired: boolean
}

export class Connection {
  private state: ConnectionState = { reachable: true, expired: false }
  private readonly listeners = new Set<() => void>()

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly snapshot = (): ConnectionState => this.state

  readonly lost = (): void => this.change({ reachable: false })
  readonly found = (): void => this.change({ reachable: true })
  readonly unauthorized = (): void => this.change({ expired: true })
  readonly authorized = (): void => this.change({ expired: false, reachable: true })

  private change(part: Partial<ConnectionState>): void {
    const next = { ...this.state, ...part }
    if (next.reachable === this.state.reachable && next.expired === this.state.expired) return
    this.state = next
    for (const listener of this.listeners) listener()
  }
}
