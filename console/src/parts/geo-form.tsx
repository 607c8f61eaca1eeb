// The plan of an experiment over regions: which line, how, how long; the design is shown before anything begins.

import { useState } from 'react'
import { useGeoBegin, useGeoDesign } from '../data/geo-queries.ts'
import { FailureLine } from './field.tsx'
import { RegionFileField } from './region-file-field.tsx'
import { useWords } from './words-context.tsx'
import type { Format } from '../data/format.ts'
import type { RegionRows } from '../data/region-file.ts'
import type { GeoDesignAnswer, MoneyLine } from '../../../src/api/contract.ts'

const DAYS = [14, 21, 28, 42, 56]
const DAYS_USUAL = 28

export function GeoForm({
  lines,
  money,
  onClose,
}: {
  readonly lines: readonly MoneyLine[]
  readonly money: Format
  readonly onClose: () => void
}) {
  const { t, format } = useWords()
  const design = useGeoDesign()
  const begin = useGeoBegin()
  // Lines of which nobody knows what they cause come first.
  const sorted = lines.toSorted((left, right) => rank(left) - rank(right))
  const [lineId, setLineId] = useState(sorted[0]?.id ?? '')
  const [mode, setMode] = useState<'off' | 'on'>('off')
  const [testDays, setTestDays] = useState(DAYS_USUAL)
  const [rows, setRows] = useState<RegionRows | null>(null)
  const body = rows === null ? null : { lineId, mode, testDays, oneOf: 2, rows }
  const changed = (act: () => void) => {
    act()
    design.reset()
  }
  return (
    <div className="money-geo-form">
      <label className="field">
        <span>{t('money.line')}</span>
        <select value={lineId} onChange={(event) => changed(() => setLineId(event.target.value))}>
          {sorted.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>{t('money.geo.mode')}</span>
        <select
          value={mode}
          onChange={(event) => changed(() => setMode(event.target.value === 'on' ? 'on' : 'off'))}
        >
          <option value="off">{t('money.geo.mode.off')}</option>
          <option value="on">{t('money.geo.mode.on')}</option>
        </select>
      </label>
      <label className="field">
        <span>{t('money.geo.days')}</span>
        <select value={testDays} onChange={(event) => changed(() => setTestDays(Number(event.target.value)))}>
          {DAYS.map((days) => (
            <option key={days} value={days}>
              {format.number(days)}
            </option>
          ))}
        </select>
      </label>
      <RegionFileField label={t('money.geo.file')} onRows={(read) => changed(() => setRows(read))} />
      <div className="money-geo-actions">
        <button
          type="button"
          className="button"
          disabled={body === null || design.isPending}
          onClick={() => body !== null && design.mutate(body)}
        >
          {t('money.geo.design')}
        </button>
        <button
          type="button"
          className="button button-primary"
          disabled={body === null || design.data === undefined || begin.isPending}
          onClick={() => body !== null && begin.mutate(body, { onSuccess: onClose })}
        >
          {t('money.geo.begin')}
        </button>
        <button type="button" className="button-text" onClick={onClose}>
          {t('common.close')}
        </button>
      </div>
      <FailureLine error={design.error ?? begin.error} />
      {design.data !== undefined && <Design design={design.data} money={money} />}
    </div>
  )
}

const rank = ({ evidence }: MoneyLine): number => ['none', 'randomised', 'experiment'].indexOf(evidence)

function Design({ design, money }: { readonly design: GeoDesignAnswer; readonly money: Format }) {
  const { t } = useWords()
  return (
    <div className="money-geo-design" role="status">
      <p>{t('money.geo.treated', { regions: design.treated.join(', ') })}</p>
      <p>{t('money.geo.control', { regions: design.control.join(', ') })}</p>
      <p>
        {t('money.geo.power', {
          share: money.percent(design.detectableShare),
          effect: money.money(design.detectable),
        })}
      </p>
      <p className="muted">
        {t('money.geo.placebo', { called: design.placeboCalled, runs: design.placeboRuns })}
      </p>
    </div>
  )
}
