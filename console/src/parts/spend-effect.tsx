// What the latest week's moves of a line were expected to bring, beside what came of them.

import type { Format } from '../data/format.ts'
import { useWords } from './words-context.tsx'
import type { MoneyLine } from '../../../src/api/contract.ts'

export function SpendEffect({ line, money }: { readonly line: MoneyLine; readonly money: Format }) {
  const { t } = useWords()
  const { effect } = line
  if (effect === null) return <p className="muted">{t('money.effect.none')}</p>
  const { expected, realised } = effect
  const range = ({ mean, low, high }: typeof expected) =>
    t('money.effect.range', {
      mean: money.moneySigned(mean),
      low: money.moneySigned(low),
      high: money.moneySigned(high),
    })
  const agrees = realised.low <= expected.high && expected.low <= realised.high
  return (
    <div className="money-effect">
      <h3>{t('money.effect')}</h3>
      <p>
        {t('money.effect.spend', {
          before: money.money(effect.spendBefore),
          after: money.money(effect.spendAfter),
        })}
      </p>
      <dl>
        <dt>{t('money.effect.expected')}</dt>
        <dd>{range(expected)}</dd>
        <dt>{t('money.effect.realised')}</dt>
        <dd>{range(realised)}</dd>
      </dl>
      <p className="muted">{t(agrees ? 'money.effect.agrees' : 'money.effect.differs')}</p>
    </div>
  )
}
