// Experiments over regions on the page on money: those there are, each with what is to be done, and a form for the next.

import { useState } from 'react'
import { useGeoDrop, useGeoRead } from '../data/geo-queries.ts'
import { FailureLine } from './field.tsx'
import { GeoForm } from './geo-form.tsx'
import { RegionFileField } from './region-file-field.tsx'
import { useWords } from './words-context.tsx'
import type { Format } from '../data/format.ts'
import type { RegionRows } from '../data/region-file.ts'
import type { GeoTest, Money } from '../../../src/api/contract.ts'

const DAY_MS = 86_400_000
const SHOWN = 10

export function GeoExperiments({ data, money }: { readonly data: Money; readonly money: Format }) {
  const { t } = useWords()
  const [planning, setPlanning] = useState(false)
  return (
    <section aria-labelledby="money-experiments" className="money-experiments">
      <header className="section-head">
        <h2 id="money-experiments">{t('money.geo')}</h2>
        {!planning && (
          <button type="button" className="button" onClick={() => setPlanning(true)}>
            {t('money.geo.plan')}
          </button>
        )}
      </header>
      <p className="muted">{t('money.geo.why')}</p>
      {planning && <GeoForm lines={data.lines} money={money} onClose={() => setPlanning(false)} />}
      {data.experiments.length > 0 && (
        <ul>
          {data.experiments.slice(0, SHOWN).map((test) => (
            <li key={test.experimentId}>
              <Experiment test={test} name={nameOf(data, test.lineId)} money={money} />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

const nameOf = (data: Money, id: string): string => data.lines.find((line) => line.id === id)?.name ?? id

function Experiment({
  test,
  name,
  money,
}: {
  readonly test: GeoTest
  readonly name: string
  readonly money: Format
}) {
  const { t, format } = useWords()
  const day = (n: number) => format.day(n * DAY_MS)
  const isOpen = test.state === 'waiting' || test.state === 'running' || test.state === 'to_read'
  return (
    <>
      <p className="money-incident-name">
        {t('money.geo.test', { line: name, from: day(test.fromDay), to: day(test.toDay) })}{' '}
        <span className="muted">{t(`money.geo.state.${test.state}`)}</span>
      </p>
      {isOpen && <p>{t(`money.geo.todo.${test.mode}`, { regions: test.treated.join(', ') })}</p>}
      {test.effect !== null && test.standardError !== null && (
        <p>
          {t('money.geo.found', { effect: money.money(test.effect), error: money.money(test.standardError) })}
        </p>
      )}
      {test.state === 'to_read' && <ReadForm test={test} />}
      {isOpen && <DropButton test={test} />}
    </>
  )
}

function ReadForm({ test }: { readonly test: GeoTest }) {
  const { t } = useWords()
  const read = useGeoRead(test.experimentId)
  const [rows, setRows] = useState<RegionRows | null>(null)
  return (
    <div className="money-geo-read">
      <RegionFileField label={t('money.geo.file.read')} onRows={setRows} />
      <button
        type="button"
        className="button button-primary"
        disabled={rows === null || read.isPending}
        onClick={() => rows !== null && read.mutate(rows)}
      >
        {t('money.geo.read')}
      </button>
      <FailureLine error={read.error} />
    </div>
  )
}

function DropButton({ test }: { readonly test: GeoTest }) {
  const { t } = useWords()
  const drop = useGeoDrop(test.experimentId)
  return (
    <>
      <button
        type="button"
        className="button-text"
        disabled={drop.isPending}
        onClick={() => drop.mutate(t('money.geo.drop.reason'))}
      >
        {t('money.geo.drop')}
      </button>
      <FailureLine error={drop.error} />
    </>
  )
}
