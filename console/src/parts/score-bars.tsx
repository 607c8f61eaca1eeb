// What each action was expected to bring, with its uncertainty, and how likely it was to be drawn.

import { useWords } from './words-context.tsx'
import type { DecisionDetail } from '../../../src/api/contract.ts'

type Candidate = DecisionDetail['candidates'][number]
type ScoreBarsProps = { readonly candidates: readonly Candidate[]; readonly chosen: string }

export function ScoreBars({ candidates, chosen }: ScoreBarsProps) {
  const { t, format } = useWords()
  if (candidates.length === 0) return null
  const low = Math.min(0, ...candidates.map(({ mean, stderr }) => mean - stderr))
  const high = Math.max(0, ...candidates.map(({ mean, stderr }) => mean + stderr))
  const place = (value: number) => `${(((value - low) / (high - low || 1)) * 100).toFixed(2)}%`
  const rows = [...candidates].sort((a, b) => b.mean - a.mean)
  return (
    <section className="panel-part">
      <h2>{t('decision.candidates')}</h2>
      <table className="scores">
        <caption className="visually-hidden">{t('decision.candidates.caption')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('mix.action')}</th>
            <th scope="col" className="numeric">
              {t('decision.expected')}
            </th>
            <th scope="col" className="numeric">
              {t('decision.probability')}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ actionId, mean, stderr, probability }) => (
            <tr key={actionId} className={actionId === chosen ? 'scores-chosen' : undefined}>
              <th scope="row">
                <span>{actionId === 'nothing' ? t('action.nothing') : actionId}</span>
                {actionId === chosen && <span className="tag">{t('decision.chosen')}</span>}
                <svg className="score-bar" width="100%" height="8" aria-hidden="true" focusable="false">
                  <line className="axis-zero" x1={place(0)} x2={place(0)} y1="0" y2="8" />
                  <line
                    className="score-interval"
                    x1={place(mean - stderr)}
                    x2={place(mean + stderr)}
                    y1="4"
                    y2="4"
                  />
                  <circle className="score-mean" cx={place(mean)} cy="4" r="3" />
                </svg>
              </th>
              <td className="numeric">
                {t('decision.score', { mean: format.decimal(mean), stderr: format.decimal(stderr) })}
              </td>
              <td className="numeric">{format.percent(probability)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
