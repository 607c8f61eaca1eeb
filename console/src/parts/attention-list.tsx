// What wants a person, each with what to do next.

import { Link } from './link.tsx'
import { useWords } from './words-context.tsx'
import { pathOf, type View } from '../data/route.ts'
import type { Brief } from '../../../src/api/contract.ts'

type Attention = Brief['attention'][number]

/** The view where each kind is dealt with. */
const LEADS_TO: Readonly<Record<Attention['kind'], View>> = {
  unknown_sends: 'decisions',
  stopped: 'brief',
  sample_ratio: 'impact',
  complaints: 'campaigns',
  invalid_events: 'health',
  delivery_failing: 'decisions',
  disk_full: 'health',
  no_campaigns: 'campaigns',
  kpi_anomaly: 'kpis',
  actions_shifted: 'decisions',
  actions_collapsed: 'decisions',
  model_drift: 'models',
  brand_incident: 'brand',
  brand_source: 'brand',
}

export function AttentionList({ attention }: { readonly attention: readonly Attention[] }) {
  const { t } = useWords()
  if (attention.length === 0) return <p className="needs-nothing">{t('needs.none')}</p>
  return (
    <ul className="attention">
      {attention.map((item) => (
        <li key={item.kind} className={`attention-${item.severity}`}>
          <p className="attention-title">
            <span className="visually-hidden">{t(`severity.${item.severity}`)}</span>
            {t(`attention.${item.kind}`, { count: item.count })}
          </p>
          {item.detail !== '' && <p className="muted">{item.detail}</p>}
          <p>
            {t(`attention.${item.kind}.do`)}{' '}
            {LEADS_TO[item.kind] !== 'brief' && (
              <Link href={pathOf(LEADS_TO[item.kind])}>
                {t('attention.open', { view: t(`nav.${LEADS_TO[item.kind]}`) })}
              </Link>
            )}
          </p>
        </li>
      ))}
    </ul>
  )
}
