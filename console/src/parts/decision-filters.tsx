// Campaign, verdict and person, written into the address.

import { useDeferredValue, useState } from 'react'
import { useCustomers, useMay } from '../data/queries.ts'
import { queryOf, type DecisionFilter } from '../data/decision-filter.ts'
import { go, pathOf } from '../data/route.ts'
import { useLive } from './live-context.tsx'
import { useWords } from './words-context.tsx'

const VERDICTS = ['act', 'nothing', 'withheld'] as const
const HITS_SHOWN = 6

export function DecisionFilters({ filter }: { readonly filter: DecisionFilter }) {
  const { t } = useWords()
  const campaigns = useLive().brief?.campaigns ?? []
  const change = (part: Partial<DecisionFilter>) =>
    go(pathOf('decisions') + queryOf({ ...filter, ...part }), 'replace')
  return (
    <div className="filters">
      <label>
        <span className="visually-hidden">{t('decisions.campaign')}</span>
        <select value={filter.campaign} onChange={(event) => change({ campaign: event.target.value })}>
          <option value="">{t('decisions.campaign.all')}</option>
          {campaigns.map((campaign) => (
            <option key={campaign.campaignId} value={campaign.campaignId}>
              {campaign.name}
            </option>
          ))}
        </select>
      </label>
      <div className="switch switch-wide" role="group" aria-label={t('decisions.verdict')}>
        <button type="button" aria-pressed={filter.verdict === ''} onClick={() => change({ verdict: '' })}>
          {t('common.all')}
        </button>
        {VERDICTS.map((verdict) => (
          <button
            key={verdict}
            type="button"
            aria-pressed={filter.verdict === verdict}
            onClick={() => change({ verdict })}
          >
            {t(`decision.${verdict}`)}
          </button>
        ))}
      </div>
      <PersonFilter profile={filter.profile} onChoose={(profile) => change({ profile })} />
    </div>
  )
}

/** Typing finds people; choosing one filters the list by that profile. */
function PersonFilter({
  profile,
  onChoose,
}: {
  readonly profile: string
  readonly onChoose: (profile: string) => void
}) {
  const { t } = useWords()
  const [text, setText] = useState('')
  const wanted = useDeferredValue(text.trim())
  const hits = useCustomers(wanted, useMay('people.read')).data?.items.slice(0, HITS_SHOWN) ?? []
  if (profile !== '') {
    return (
      <button type="button" className="button filter-person" onClick={() => onChoose('')}>
        {t('decisions.person.clear', { person: profile })}
      </button>
    )
  }
  return (
    <div className="person-filter">
      <input
        type="search"
        aria-label={t('decisions.person')}
        placeholder={t('decisions.person')}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {wanted.length > 1 && (
        <ul className="hits">
          {hits.map((hit) => (
            <li key={hit.profileId}>
              <button
                type="button"
                className="button-quiet"
                onClick={() => {
                  setText('')
                  onChoose(hit.profileId)
                }}
              >
                {hit.person}
              </button>
            </li>
          ))}
          {hits.length === 0 && <li className="muted">{t('palette.none')}</li>}
        </ul>
      )}
    </div>
  )
}
