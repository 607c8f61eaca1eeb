// Says so when the page is not live: since when it retries, and what is shown meanwhile.

import { useEffect, useState } from 'react'
import { useLive } from './live-context.tsx'
import { useWords } from './words-context.tsx'

export function NotLive() {
  const { t, format } = useWords()
  const { status, brief, briefError } = useLive()
  const [now, setNow] = useState(() => Date.now())
  const retrying = status.kind === 'retrying'
  useEffect(() => {
    if (!retrying) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [retrying])
  if (status.kind !== 'retrying') return null
  const seconds = Math.max(0, Math.ceil((status.retryAt - now) / 1000))
  const polled = briefError === null && brief !== undefined
  return (
    <div className="not-live">
      <p role="status">
        {polled
          ? t('live.polling')
          : t('live.down', { time: brief === undefined ? '' : format.dateTime(brief.now) })}
      </p>
      <p aria-hidden="true">{t('live.retryIn', { seconds })}</p>
    </div>
  )
}
