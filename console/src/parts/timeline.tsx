// What happened with one person, newest first; decisions lead to their page.

import { useState } from 'react'
import { pathOf } from '../data/route.ts'
import { Link } from './link.tsx'
import { Empty } from './states.tsx'
import { useWords } from './words-context.tsx'
import type { TimelineItem } from '../../../src/api/contract.ts'

const KINDS = ['signal', 'decision', 'delivery', 'outcome', 'consent'] as const
const ITEMS_AT_ONCE = 50

export function Timeline({ items }: { readonly items: readonly TimelineItem[] }) {
  const { t, format, named } = useWords()
  const [kind, setKind] = useState('')
  const [most, setMost] = useState(ITEMS_AT_ONCE)
  const wanted = items.filter((item) => kind === '' || item.kind === kind)
  return (
    <section className="timeline" aria-labelledby="timeline-title">
      <header className="section-head">
        <h2 id="timeline-title">{t('timeline.title')}</h2>
        <label>
          <span className="visually-hidden">{t('timeline.kind')}</span>
          <select value={kind} onChange={(event) => setKind(event.target.value)}>
            <option value="">{t('timeline.kind.all')}</option>
            {KINDS.map((name) => (
              <option key={name} value={name}>
                {t(`timeline.${name}`)}
              </option>
            ))}
          </select>
        </label>
      </header>
      {wanted.length === 0 && <Empty title={t('timeline.empty.title')} detail={t('timeline.empty.detail')} />}
      <ol>
        {wanted.slice(0, most).map((item) => (
          <li key={`${item.offset} ${item.kind} ${item.title}`} className={`timeline-${item.kind}`}>
            <time dateTime={new Date(item.at).toISOString()}>{format.dateTime(item.at)}</time>
            <span className="timeline-kind">{named('timeline', item.kind)}</span>
            <div>
              {item.decisionId === null ? (
                <p>{item.title}</p>
              ) : (
                <Link href={pathOf('decisions', item.decisionId)}>{item.title}</Link>
              )}
              {item.detail !== '' && <p className="muted">{item.detail}</p>}
            </div>
          </li>
        ))}
      </ol>
      {wanted.length > most && (
        <button type="button" className="button" onClick={() => setMost(most + ITEMS_AT_ONCE)}>
          {t('timeline.more', { count: wanted.length - most })}
        </button>
      )}
    </section>
  )
}
