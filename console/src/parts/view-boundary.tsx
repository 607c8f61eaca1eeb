// Keeps a broken view from taking the rest of the page, and STOP with it, down.

import { Component, type ReactNode } from 'react'
import { Failed } from './states.tsx'

type Props = { readonly children: ReactNode }
type State = { readonly error: Error | null }

export class ViewBoundary extends Component<Props, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new TypeError(String(error)) }
  }

  override render(): ReactNode {
    const { error } = this.state
    return error === null ? (
      this.props.children
    ) : (
      <Failed error={error} onRetry={() => this.setState({ error: null })} />
    )
  }
}
