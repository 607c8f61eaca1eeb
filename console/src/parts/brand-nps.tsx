// "Would you recommend us": the figure of each survey with its interval, never without.

import { DataTable } from './data-table.tsx'
import { useWords } from './words-context.tsx'
import type { Brand } from '../../../src/api/contract.ts'

export function BrandNps({ nps }: { readonly nps: Brand['nps'] }) {
  const { t, format } = useWords()
  if (nps.length === 0) return null
  const signed = (value: number): string =>
    `${value > 0 ? '+' : value < 0 ? '−' : ''}${format.number(Math.abs(Math.round(value)))}`
  return (
    <section aria-labelledby="brand-nps">
      <header className="section-head">
        <h2 id="brand-nps">{t('brand.nps')}</h2>
      </header>
      <DataTable
        caption={t('brand.nps')}
        rows={nps}
        rowId={({ source }) => source}
        columns={[
          {
            id: 'source',
            label: t('brand.nps.survey'),
            cell: ({ source, name }) => (name === '' ? source : `${name}, ${source}`),
          },
          {
            id: 'score',
            label: t('brand.nps.score'),
            cell: ({ score, low, high }) =>
              score === null
                ? t('common.unknown')
                : t('brand.nps.interval', { score: signed(score), low: signed(low), high: signed(high) }),
            numeric: true,
          },
          {
            id: 'answers',
            label: t('brand.nps.answers'),
            cell: ({ answers }) => format.number(answers),
            numeric: true,
          },
          {
            id: 'promoters',
            label: t('brand.nps.promoters'),
            cell: ({ promoters }) => format.number(promoters),
            numeric: true,
          },
          {
            id: 'passives',
            label: t('brand.nps.passives'),
            cell: ({ passives }) => format.number(passives),
            numeric: true,
          },
          {
            id: 'detractors',
            label: t('brand.nps.detractors'),
            cell: ({ detractors }) => format.number(detractors),
            numeric: true,
          },
        ]}
      />
    </section>
  )
}
