// Which actions each campaign chooses, as shares of its recent decisions, with what they bring.

import { useWords } from './words-context.tsx'
import type { Brief } from '../../../src/api/contract.ts'

type CampaignShown = Brief['campaigns'][number]

export function ActionMix({ campaign }: { readonly campaign: CampaignShown }) {
  const { t, format, named } = useWords()
  return (
    <section className="mix">
      <header>
        <h3>{campaign.name}</h3>
        <span className={`tag tag-${campaign.status}`}>{named('status', campaign.status)}</span>
      </header>
      <p className="muted">
        {t('mix.counts', {
          decisions: campaign.decisions,
          acted: campaign.acted,
          conversions: campaign.conversions,
        })}
      </p>
      {campaign.actions.length === 0 ? (
        <p className="muted">{t('mix.none')}</p>
      ) : (
        <table className="mix-table">
          <caption className="visually-hidden">{t('mix.caption', { campaign: campaign.name })}</caption>
          <thead className="visually-hidden">
            <tr>
              <th scope="col">{t('mix.action')}</th>
              <th scope="col">{t('mix.share')}</th>
              <th scope="col">{t('mix.reward')}</th>
            </tr>
          </thead>
          <tbody>
            {campaign.actions.map((action) => (
              <tr key={action.actionId}>
                <th scope="row">
                  <span
                    className="mix-bar"
                    style={{ inlineSize: `${(action.share * 100).toFixed(1)}%` }}
                    aria-hidden="true"
                  />
                  <span className="mix-name">
                    {action.actionId === 'nothing' ? t('action.nothing') : action.actionId}
                  </span>
                </th>
                <td className="numeric">{format.percent(action.share)}</td>
                <td className="numeric" title={t('mix.reward')}>
                  {action.meanReward === null ? t('common.unknown') : format.moneySigned(action.meanReward)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
