// What holds the machine: levels and what they were earned by, ramps, what was held back, the drill, and
// the policy itself.

import { useDrill, useGuardrails, usePolicy } from '../data/govern-queries.ts'
import { AutonomyLadder } from '../parts/autonomy-ladder.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { PolicyEditor } from '../parts/policy-editor.tsx'
import { Failed, Loading } from '../parts/states.tsx'
import { useWords } from '../parts/words-context.tsx'
import type { GuardrailsView as Guardrails } from '../../../src/api/contract.ts'

export function GuardrailsView() {
  const { t } = useWords()
  const { data, error, refetch } = useGuardrails()
  const policy = usePolicy()
  return (
    <>
      <header className="view-head">
        <h1>{t('nav.guardrails')}</h1>
      </header>
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading rows={8} />}
      {data !== undefined && (
        <>
          {!data.governed && <p className="note">{t('guardrails.open')}</p>}
          <AutonomyLadder ladder={data.ladder} />
          <Ramps ramps={data.ramps} />
          <div className="guardrail-pair">
            <Hits hits={data.hits} />
            <Drills guardrails={data} />
          </div>
          <Limits limits={data.limits} />
        </>
      )}
      <section aria-labelledby="policy-title">
        <header className="section-head">
          <h2 id="policy-title">{t('policy.title')}</h2>
        </header>
        {policy.error !== null && <Failed error={policy.error} onRetry={() => void policy.refetch()} />}
        {policy.error === null && policy.data === undefined && <Loading rows={6} />}
        {policy.data !== undefined && <PolicyEditor policy={policy.data} />}
      </section>
    </>
  )
}

function Ramps({ ramps }: { readonly ramps: Guardrails['ramps'] }) {
  const { t, named, format } = useWords()
  type Ramp = (typeof ramps)[number]
  const count = (id: 'contacts' | 'complaints' | 'unsubscribes' | 'bounces' | 'errors') => ({
    id,
    label: t(`ramps.${id}`),
    numeric: true,
    cell: (ramp: Ramp) => format.number(ramp[id]),
  })
  return (
    <section aria-labelledby="ramps-title">
      <header className="section-head">
        <h2 id="ramps-title">{t('ramps.title')}</h2>
      </header>
      {ramps.length === 0 ? (
        <p className="muted">{t('ramps.empty')}</p>
      ) : (
        <DataTable
          caption={t('ramps.title')}
          rows={ramps}
          rowId={({ campaignId }) => campaignId}
          columns={[
            { id: 'campaign', label: t('ramps.campaign'), cell: ({ name }) => name },
            {
              id: 'share',
              label: t('ramps.share'),
              cell: ({ share, halted }) =>
                halted === null ? (
                  <>
                    <meter className="ramp-meter" min={0} max={1} value={share} aria-label={t('ramps.share')}>
                      {format.percent(share)}
                    </meter>{' '}
                    {format.percent(share)}
                  </>
                ) : (
                  <span className="bad">
                    {t('ramps.halted', { code: named('figure', halted.code), detail: halted.detail })}
                  </span>
                ),
            },
            {
              id: 'next',
              label: t('ramps.next'),
              cell: ({ nextAt }) =>
                nextAt === null ? t('ramps.next.none') : t('ramps.next.at', { at: format.dateTime(nextAt) }),
            },
            count('contacts'),
            count('complaints'),
            count('unsubscribes'),
            count('bounces'),
            count('errors'),
          ]}
        />
      )}
    </section>
  )
}

function Hits({ hits }: { readonly hits: Guardrails['hits'] }) {
  const { t, named, format } = useWords()
  return (
    <section aria-labelledby="hits-title">
      <header className="section-head">
        <h2 id="hits-title">{t('hits.title')}</h2>
      </header>
      {hits.length === 0 ? (
        <p className="muted">{t('hits.empty')}</p>
      ) : (
        <DataTable
          caption={t('hits.title')}
          rows={hits}
          rowId={({ code }) => code}
          columns={[
            { id: 'rule', label: t('hits.rule'), cell: ({ code }) => named('reason', code) },
            { id: 'today', label: t('hits.today'), numeric: true, cell: ({ today }) => format.number(today) },
            { id: 'week', label: t('hits.week'), numeric: true, cell: ({ week }) => format.number(week) },
          ]}
        />
      )}
    </section>
  )
}

function Limits({ limits }: { readonly limits: Guardrails['limits'] }) {
  const { t } = useWords()
  return (
    <section aria-labelledby="limits-title">
      <header className="section-head">
        <h2 id="limits-title">{t('limits.title')}</h2>
      </header>
      <DataTable
        caption={t('limits.title')}
        rows={limits}
        rowId={({ name }) => name}
        columns={[
          { id: 'name', label: t('limits.name'), cell: ({ name }) => <code>{name}</code> },
          { id: 'value', label: t('limits.value'), cell: ({ value }) => <code>{value}</code> },
        ]}
      />
    </section>
  )
}

function Drills({ guardrails }: { readonly guardrails: Guardrails }) {
  const { t, named, format } = useWords()
  const drill = useDrill()
  const { drills, drillAgeDays } = guardrails
  const last = drills[0]
  const ms = (value: number) => t('drill.ms', { ms: format.decimal(value) })
  return (
    <section aria-labelledby="drill-title">
      <header className="section-head">
        <h2 id="drill-title">{t('drill.title')}</h2>
        <button type="button" className="button" disabled={drill.isPending} onClick={() => drill.mutate()}>
          {drill.isPending ? t('drill.running') : t('drill.run')}
        </button>
      </header>
      <p className="muted">{t('drill.note')}</p>
      <p role="status">
        {drillAgeDays === null ? t('drill.never') : t('drill.age', { days: Math.floor(drillAgeDays) })}
      </p>
      {drill.isError && <Failed error={drill.error} />}
      {last !== undefined && (
        <DataTable
          caption={t(last.passed ? 'drill.passed' : 'drill.failed', { at: format.dateTime(last.at) })}
          captionShown
          rows={last.surfaces}
          rowId={({ surface }) => surface}
          columns={[
            {
              id: 'surface',
              label: t('drill.surface'),
              cell: ({ surface }) => named('stopSurface', surface),
            },
            {
              id: 'tries',
              label: t('drill.tries'),
              numeric: true,
              cell: ({ tries }) => format.number(tries),
            },
            { id: 'p50', label: t('drill.p50'), numeric: true, cell: ({ p50Ms }) => ms(p50Ms) },
            { id: 'p99', label: t('drill.p99'), numeric: true, cell: ({ p99Ms }) => ms(p99Ms) },
            { id: 'max', label: t('drill.max'), numeric: true, cell: ({ maxMs }) => ms(maxMs) },
          ]}
        />
      )}
    </section>
  )
}
