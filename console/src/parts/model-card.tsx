// One model: what it predicts, in which version, how good on time it had not seen, what it reads and who
// reads it; or what is missing.

import { pathOf } from '../data/route.ts'
import { Link } from './link.tsx'
import { ModelFigures } from './model-figures.tsx'
import { useWords } from './words-context.tsx'
import type { Model } from '../../../src/api/contract.ts'

type ModelCardProps = {
  readonly model: Model
  readonly training: boolean
  /** Name of a campaign. */
  readonly nameOf: (id: string) => string
  readonly onTrain: () => void
}

export function ModelCard({ model, training, nameOf, onTrain }: ModelCardProps) {
  const { t, format } = useWords()
  const { key, state, version, trainedAt, horizonDays, trainings, card } = model
  const campaign = key.startsWith('uplift:') ? nameOf(key.slice('uplift:'.length)) : ''
  const kind = key === 'churn' || key === 'purchase' || key === 'value' ? key : 'uplift'
  const id = `model-${key.replaceAll(/[^\w-]/g, '-')}`
  return (
    <section className="model" aria-labelledby={id}>
      <header className="model-head">
        <h2 id={id}>{t(`model.${kind}`, { campaign })}</h2>
        <span className={`tag model-${state}`}>{t(`model.state.${state}`)}</span>
        <button type="button" className="button" disabled={training} onClick={onTrain}>
          {t('models.trainOne')}
          <span className="visually-hidden">: {t(`model.${kind}`, { campaign })}</span>
        </button>
      </header>
      <p>{t(`model.${kind}.says`, { days: horizonDays })}</p>
      {version !== null && trainedAt !== null && (
        <p className="muted model-version">
          {t('model.version', { version, time: format.dateTime(trainedAt) })},{' '}
          {t('model.trainings', { count: trainings })}
        </p>
      )}
      <Troubles model={model} />
      {card !== null && <ModelFigures card={card} />}
      <Checked model={model} />
      {card !== null && model.gap !== null && model.gap !== 'no_model' && (
        <p className="model-warning">{t(`model.gap.${model.gap}`)}</p>
      )}
      <UsedBy users={model.usedBy} nameOf={nameOf} />
    </section>
  )
}

/** Why there is none, why the last training gave nothing, why an average stands in. */
function Troubles({ model }: { readonly model: Model }) {
  const { t, format, named } = useWords()
  const { card, notTrained, drift, state } = model
  const reason = useReason(model)
  return (
    <>
      {card === null && (
        <div className="empty">
          <p className="empty-title">{t('model.empty')}</p>
          <p className="empty-detail">{reason}</p>
        </div>
      )}
      {card !== null && notTrained !== null && (
        <p className="muted">{t('model.lastFailed', { time: format.dateTime(notTrained.at), reason })}</p>
      )}
      {drift !== null && (
        <p className="model-warning">
          {t(drift.measure === 'psi' ? 'model.drifted.psi' : 'model.drifted.calibration_slope', {
            value: format.decimal(drift.value),
            ...(drift.measure === 'psi' ? {} : { error: format.decimal(drift.error) }),
            time: format.dateTime(drift.at),
          })}
        </p>
      )}
      {state === 'fallback' && card?.kind === 'value' && card.reason !== null && (
        <p className="model-warning">{named('valueReason', card.reason)}</p>
      )}
    </>
  )
}

function useReason({ notTrained }: Model): string {
  const { t } = useWords()
  if (notTrained === null) return t('model.reason.waiting')
  const { reason, needs, has, detail } = notTrained
  switch (reason) {
    case 'history':
    case 'positives':
    case 'negatives':
    case 'customers':
    case 'treated':
    case 'untreated':
      return t(`model.reason.${reason}`, { needs, has })
    case 'not_better':
    case 'not_calibrated':
      return t(`model.reason.${reason}`, { detail })
    default:
      return t('model.reason.failed', { detail: detail === '' ? reason : detail })
  }
}

/** What was said a horizon ago against what came. */
function Checked({ model: { checked } }: { readonly model: Model }) {
  const { t, format } = useWords()
  if (checked === null) return null
  return (
    <p className="muted">
      {t('model.checked', {
        date: format.day(checked.saidAt),
        slope: format.decimal(checked.slope),
        error: format.decimal(checked.slopeError),
        rows: checked.rows,
        psi: format.decimal(checked.psi),
      })}
    </p>
  )
}

function UsedBy({
  users,
  nameOf,
}: {
  readonly users: readonly string[]
  readonly nameOf: (id: string) => string
}) {
  const { t } = useWords()
  if (users.length === 0) return null
  return (
    <p className="model-used">
      <span className="muted">{t('model.usedBy')}:</span>{' '}
      {users.map((user, at) => {
        const [kind, id = ''] = user.split(':', 2)
        const text =
          kind === 'campaign'
            ? t('model.user.campaign', { id: nameOf(id) })
            : kind === 'segment'
              ? t('model.user.segment', { id })
              : t('model.user.decisions')
        return (
          <span key={user}>
            {at > 0 && ', '}
            <Link href={pathOf(kind === 'decisions' ? 'decisions' : 'campaigns')}>{text}</Link>
          </span>
        )
      })}
    </p>
  )
}
