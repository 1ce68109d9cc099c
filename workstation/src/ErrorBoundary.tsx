/** Where a fault of a screen ends: said in words, with a way on. */
import { Component, type ReactNode } from 'react'
import { ProblemView } from './ui/ProblemView.tsx'

export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null }

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error }
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children
    return <ProblemView error={this.state.error} onRetry={() => window.location.reload()} />
  }
}
