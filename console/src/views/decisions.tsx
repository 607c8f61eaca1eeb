// Every decision, newest first, filtered by campaign, verdict and person; one of them open beside the list.

import { DecisionFilters } from '../parts/decision-filters.tsx'
import { DecisionList } from '../parts/decision-list.tsx'
import { useRoute } from '../parts/link.tsx'
import { useWords } from '../parts/words-context.tsx'
import { filterOf } from '../data/decision-filter.ts'
import { DecisionPanel } from './decision-panel.tsx'

export function DecisionsView({ openId }: { readonly openId: string | null }) {
  const { t } = useWords()
  const filter = filterOf(useRoute().query)
  return (
    <div className={openId === null ? 'split' : 'split split-open'}>
      <section className="split-list" aria-label={t('nav.decisions')}>
        <header className="view-head">
          <h1>{t('nav.decisions')}</h1>
          <DecisionFilters filter={filter} />
        </header>
        <DecisionList filter={filter} openId={openId} />
      </section>
      {openId !== null && <DecisionPanel key={openId} id={openId} filter={filter} />}
    </div>
  )
}
