// The figures of a model's card, by the kind of model.

import { FigureList } from './figures.tsx'
import { PropensityFigures } from './propensity-figures.tsx'
import { SaidAndCame } from './said-and-came.tsx'
import { useWords } from './words-context.tsx'
import type { Model, UpliftCard, ValueCard } from '../../../src/api/contract.ts'

export function ModelFigures({ card }: { readonly card: NonNullable<Model['card']> }) {
  switch (card.kind) {
    case 'propensity':
      return <PropensityFigures card={card} />
    case 'value':
      return <ValueFigures card={card} />
    case 'uplift':
      return <UpliftFigures card={card} />
  }
}

function ValueFigures({ card }: { readonly card: ValueCard }) {
  const { t, format, named } = useWords()
  const { backtest } = card
  return (
    <>
      <p className="muted">{named('valueTiming', card.timing)}</p>
      <FigureList
        figures={[
          {
            id: 'customers',
            label: t('value.customers'),
            value: format.number(card.customers),
            note: t('value.customers.note', { count: card.repeatBuyers }),
          },
          {
            id: 'mean',
            label: t('value.mean'),
            value: format.money(card.meanValue),
            note: t('value.mean.note', {
              orders: format.decimal(card.ordersPerYear),
              value: card.orderValue === null ? t('common.unknown') : format.money(card.orderValue),
            }),
          },
          ...(backtest === null
            ? []
            : [
                {
                  id: 'backtest',
                  label: t('value.backtest'),
                  value: format.number(backtest.ordersSaid),
                  note: t('value.backtest.note', {
                    came: backtest.ordersCame,
                    average: format.number(backtest.ordersAverage),
                  }),
                },
                {
                  id: 'error',
                  label: t('value.error'),
                  value: format.decimal(backtest.error),
                  note: t('value.error.note', { average: format.decimal(backtest.errorAverage) }),
                },
              ]),
        ]}
      />
    </>
  )
}

function UpliftFigures({ card }: { readonly card: UpliftCard }) {
  const { t, format } = useWords()
  const range = ({ low, high }: { readonly low: number; readonly high: number }) => ({
    low: format.decimal(low),
    high: format.decimal(high),
  })
  return (
    <>
      <p className="model-verdict">
        {card.targeting === 'individual'
          ? t('uplift.says.individual', { share: format.percent(card.targetShare) })
          : card.targeting === 'all'
            ? t('uplift.says.all')
            : card.because === 'effect'
              ? t('uplift.says.none.effect')
              : t('uplift.says.none.unknown')}
      </p>
      <FigureList
        figures={[
          {
            id: 'effect',
            label: t('uplift.effect'),
            value: format.decimal(card.effect.value),
            note: t('uplift.range', range(card.effect)),
          },
          {
            id: 'qini',
            label: t('uplift.qini'),
            value: format.score(card.qini.value),
            note: t('uplift.qini.note', {
              low: format.score(card.qini.low),
              high: format.score(card.qini.high),
            }),
          },
          {
            id: 'top',
            label: t('uplift.top', { share: format.percent(card.upliftTop.share) }),
            value: format.decimal(card.upliftTop.value),
            note: t('uplift.range', range(card.upliftTop)),
          },
          {
            id: 'people',
            label: t('uplift.people'),
            value: format.number(card.rows),
            note: t('uplift.people.note', { count: card.treatedRows }),
          },
        ]}
      />
      <SaidAndCame
        title={t('uplift.tenths')}
        bins={card.tenths.map(({ said, came }) => ({ said, came })).toReversed()}
        show={format.decimal}
      />
    </>
  )
}
