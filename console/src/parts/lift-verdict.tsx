// Is it working? The answer first, then the numbers it rests on.

import { useLiftSentence } from './lift-chart.tsx'
import { useWords } from './words-context.tsx'
import type { Lift } from '../../../src/api/contract.ts'

export function LiftVerdict({ lift, truth }: { readonly lift: Lift; readonly truth: number | null }) {
  const { t, format } = useWords()
  const sentence = useLiftSentence()
  const amount = (value: number | null, signed = true) =>
    value === null ? t('common.unknown') : signed ? format.moneySigned(value) : format.money(value)
  const interval =
    lift.low === null || lift.high === null
      ? t('common.unknown')
      : t('lift.fromTo', { low: amount(lift.low), high: amount(lift.high) })
  return (
    <div className="lift-verdict">
      <p className={`verdict-word verdict-word-${lift.verdict}`}>{t(`verdict.${lift.verdict}`)}</p>
      {lift.verdict === 'sample_ratio_mismatch' && <p>{sentence(lift, null)}</p>}
      <dl className="pairs">
        <div>
          <dt>{t('lift.difference')}</dt>
          <dd>{amount(lift.difference)}</dd>
        </div>
        <div>
          <dt>{t('lift.intervalAt', { confidence: format.percent(lift.confidence) })}</dt>
          <dd>{interval}</dd>
        </div>
        <div>
          <dt>{t('lift.earned')}</dt>
          <dd>{amount(lift.earned)}</dd>
        </div>
        <div>
          <dt>{t('lift.people')}</dt>
          <dd>{t('lift.people.value', { treated: lift.treated.people, holdout: lift.holdout.people })}</dd>
        </div>
        {lift.smallestDetectable !== null && (
          <div>
            <dt>{t('lift.smallest')}</dt>
            <dd>{amount(lift.smallestDetectable, false)}</dd>
          </div>
        )}
        {truth !== null && (
          <div>
            <dt>{t('lift.truth')}</dt>
            <dd>{amount(truth)}</dd>
          </div>
        )}
      </dl>
    </div>
  )
}
