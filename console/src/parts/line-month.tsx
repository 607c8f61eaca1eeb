// What the platform tells of a line's month: clicks and results with what each cost, and the platform's own limit.

import type { Format } from '../data/format.ts'
import { useWords } from './words-context.tsx'
import type { MoneyLine } from '../../../src/api/contract.ts'

export function LineMonth({ line, money }: { readonly line: MoneyLine; readonly money: Format }) {
  const { t } = useWords()
  const { clicksMonth, conversionsMonth, spentMonth, totalLimit } = line
  const each = (count: number) =>
    count > 0 ? t('money.each', { price: money.money(spentMonth / count) }) : t('common.unknown')
  return (
    <dl className="money-line-month">
      <dt>{t('money.clicks')}</dt>
      <dd>
        {money.number(clicksMonth)} <span className="muted">{each(clicksMonth)}</span>
      </dd>
      <dt>{t('money.results')}</dt>
      <dd>
        {money.number(Math.round(conversionsMonth))} <span className="muted">{each(conversionsMonth)}</span>
      </dd>
      {totalLimit !== null && (
        <>
          <dt>{t('money.totalLimit')}</dt>
          <dd>{money.money(totalLimit)}</dd>
        </>
      )}
    </dl>
  )
}
