// How good a model of churn or purchase is on later time, whether it keeps its word, what weighs, what was
// left out.

import { FigureList } from './figures.tsx'
import { SaidAndCame } from './said-and-came.tsx'
import { useWords } from './words-context.tsx'
import type { PropensityCard } from '../../../src/api/contract.ts'

const DRIVERS_SHOWN = 6

export function PropensityFigures({ card }: { readonly card: PropensityCard }) {
  const { t, format } = useWords()
  const chosen = card.contenders.find(({ kind }) => kind === card.chosen)
  const other = card.contenders.find(({ kind }) => kind !== card.chosen)
  if (chosen === undefined || other === undefined) return null
  return (
    <>
      <p className="model-part">{t('model.figures')}</p>
      <FigureList
        figures={[
          {
            id: 'loss',
            label: t('model.logLoss'),
            value: format.score(chosen.logLoss),
            note: t('model.logLoss.note', { value: format.score(card.baseline.logLoss) }),
          },
          { id: 'auc', label: t('model.auc'), value: format.score(chosen.auc), note: t('model.auc.note') },
          {
            id: 'slope',
            label: t('model.slope'),
            value: format.decimal(chosen.slope),
            note: t('model.slope.note', { ece: format.score(chosen.ece) }),
          },
          {
            id: 'rows',
            label: t('model.learnt'),
            value: format.number(card.learntRows),
            note: t('model.learnt.note', { count: card.judgedRows, positives: card.positives }),
          },
        ]}
      />
      <p className="muted">
        {t(card.promoted ? 'model.promoted' : 'model.kept', {
          chosen: t(`model.kind.${chosen.kind}`),
          other: t(`model.kind.${other.kind}`),
          gain: format.score(card.lossGain),
          error: format.score(card.lossGainError),
        })}
      </p>
      <div className="model-halves">
        <SaidAndCame title={t('model.reliability')} bins={card.reliability} show={format.percent} />
        <Drivers card={card} />
      </div>
      <Audit card={card} />
    </>
  )
}

function Drivers({ card }: { readonly card: PropensityCard }) {
  const { t, format } = useWords()
  const name = useColumnName()
  const drivers = card.drivers.slice(0, DRIVERS_SHOWN)
  const most = Math.max(...drivers.map(({ weight }) => Math.abs(weight)), 1e-12)
  return (
    <table className="drivers">
      <caption>{t('model.drivers')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('model.drivers.column')}</th>
          <th scope="col" className="numeric">
            {t('model.drivers.weight')}
          </th>
        </tr>
      </thead>
      <tbody>
        {drivers.map((driver) => (
          <tr key={driver.name}>
            <th scope="row">
              <span>{name(driver.name)}</span>
              <svg className="driver-bar" width="100%" height="6" aria-hidden="true" focusable="false">
                <rect
                  className={driver.weight < 0 ? 'bar-rest' : 'bar'}
                  width={`${((Math.abs(driver.weight) / most) * 100).toFixed(1)}%`}
                  height="6"
                />
              </svg>
            </th>
            <td className="numeric">{format.decimal(driver.weight)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Audit({ card }: { readonly card: PropensityCard }) {
  const { t, format } = useWords()
  const name = useColumnName()
  const leaks = card.leaks.filter(({ kept }) => !kept)
  return (
    <>
      <p className="muted">
        {leaks.length === 0
          ? t('model.leaks.none')
          : t('model.leaks', { columns: leaks.map(({ column }) => name(column)).join(', ') })}
      </p>
      {card.drift.length > 0 && (
        <p className="muted">
          {t('model.moved', {
            columns: card.drift
              .map(({ column, psi }) => `${name(column)} (PSI ${format.decimal(psi)})`)
              .join(', '),
          })}
        </p>
      )}
    </>
  )
}

const MISSING = ' missing'

function useColumnName(): (column: string) => string {
  const { t, named } = useWords()
  return (column) =>
    column.endsWith(MISSING)
      ? t('column.missing', { name: named('column', column.slice(0, -MISSING.length)) })
      : named('column', column)
}
