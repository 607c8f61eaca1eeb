// Whom of which group a campaign treated, left alone, held back, gave offers to and heard from. Read when asked for: it
// goes through the whole log. A difference is no verdict, and the page says so.

import { useState, type FormEvent } from 'react'
import { useFairness } from '../data/privacy-queries.ts'
import { DataTable } from './data-table.tsx'
import { Field } from './field.tsx'
import { useLive } from './live-context.tsx'
import { Empty, Failed, Loading } from './states.tsx'
import { useWords } from './words-context.tsx'
import type { Fairness } from '../../../src/api/contract.ts'

type Group = Fairness['groups'][number]
const MEASURES = ['treated', 'heldOut', 'withheld', 'offers', 'responded'] as const

export function FairnessPanel() {
  const { t } = useWords()
  const campaigns = useLive().brief?.campaigns ?? []
  const [chosen, setChosen] = useState('')
  const [trait, setTrait] = useState('')
  const [asked, setAsked] = useState<{ readonly campaignId: string; readonly by: string } | null>(null)
  const report = useFairness(asked)
  const campaignId = chosen || (campaigns[0]?.campaignId ?? '')
  if (campaigns.length === 0) return null
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (trait.trim() !== '') setAsked({ campaignId, by: trait.trim() })
  }
  return (
    <section aria-labelledby="fairness-title">
      <header className="section-head">
        <h2 id="fairness-title">{t('fairness.title')}</h2>
      </header>
      <p className="muted">{t('fairness.about')}</p>
      <form className="fairness-form" onSubmit={submit}>
        <label className="field">
          <span>{t('ahead.campaign')}</span>
          <select value={campaignId} onChange={(event) => setChosen(event.target.value)}>
            {campaigns.map((one) => (
              <option key={one.campaignId} value={one.campaignId}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        <Field label={t('fairness.trait')} value={trait} onText={setTrait} required maxLength={100} />
        <button type="submit" className="button">
          {t('fairness.show')}
        </button>
      </form>
      {report.error !== null && <Failed error={report.error} onRetry={() => void report.refetch()} />}
      {asked !== null && report.error === null && report.data === undefined && <Loading rows={3} />}
      {report.data !== undefined && <Report of={report.data} />}
    </section>
  )
}

function Report({ of }: { readonly of: Fairness }) {
  const { t, format } = useWords()
  if (of.groups.length === 0) return <Empty title={t('fairness.nobody')} detail={t('fairness.nobodyYet')} />
  return (
    <>
      <DataTable
        caption={t('fairness.caption', { by: of.by })}
        rows={of.groups}
        rowId={({ value }) => value}
        columns={[
          { id: 'value', label: of.by, cell: ({ value }: Group) => value || t('common.unknown') },
          {
            id: 'decided',
            label: t('fairness.decided'),
            cell: ({ decided }: Group) => format.number(decided),
            numeric: true,
          },
          ...MEASURES.map((measure) => ({
            id: measure,
            label: t(`fairness.${measure}`),
            cell: (group: Group) => <Share of={group[measure]} />,
            numeric: true,
          })),
        ]}
      />
      <p className="muted note">{t('fairness.note')}</p>
      {of.putTogether > 0 && <p className="muted note">{t('fairness.other', { count: of.putTogether })}</p>}
    </>
  )
}

function Share({ of }: { readonly of: Group['treated'] }) {
  const { t, format } = useWords()
  if (of.of === 0) return <>–</>
  return (
    <div>
      {of.differs ? (
        <strong title={t('fairness.differs')}>
          {format.percent(of.share)}
          <span aria-label={t('fairness.differs')} role="img">
            {' '}
            *
          </span>
        </strong>
      ) : (
        format.percent(of.share)
      )}{' '}
      <span className="muted">
        {t('fairness.interval', {
          low: format.percent(of.low),
          high: format.percent(of.high),
          people: of.people,
        })}
      </span>
    </div>
  )
}
