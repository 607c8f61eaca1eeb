// Who stopped it, since when and why, in one line.

import { useWords } from './words-context.tsx'
import type { StopState } from '../../../src/api/contract.ts'

export function StopReason({ stop }: { readonly stop: StopState['stops'][number] }) {
  const { t, format } = useWords()
  return (
    <>
      <span>{t('stop.banner.by', { by: stop.by, since: format.dateTime(stop.at) })}</span>{' '}
      {stop.reason !== '' && <q>{stop.reason}</q>}
    </>
  )
}
