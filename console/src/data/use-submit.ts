// A form at the door: sent once at a time, and what was refused is kept to be shown.

import { useState, type FormEvent } from 'react'
import { RequestFailure } from './client.ts'

export type Submit = {
  readonly submit: (event: FormEvent) => void
  readonly busy: boolean
  /** Of the last time; null while it is under way or went well. */
  readonly error: RequestFailure | null
}

/** `isExpected`: a refusal that is no error to show, as it was acted upon. */
export function useSubmit(
  send: () => Promise<void>,
  isExpected: (failure: RequestFailure) => boolean = () => false,
): Submit {
  const [error, setError] = useState<RequestFailure | null>(null)
  const [busy, setBusy] = useState(false)
  const run = async () => {
    setBusy(true)
    setError(null)
    try {
      await send()
    } catch (failure) {
      if (!(failure instanceof RequestFailure)) throw failure
      if (!isExpected(failure)) setError(failure)
    } finally {
      setBusy(false)
    }
  }
  return {
    submit: (event) => {
      event.preventDefault()
      void run()
    },
    busy,
    error,
  }
}
