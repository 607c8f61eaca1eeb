// The models in use: what each expects, how good it is, what reads it, and training them anew.

import { useModels, useTrain } from '../data/queries.ts'
import { ModelCard } from '../parts/model-card.tsx'
import { SendTimePanel } from '../parts/send-time-panel.tsx'
import { useLive } from '../parts/live-context.tsx'
import { Failed, Loading } from '../parts/states.tsx'
import { useWords } from '../parts/words-context.tsx'
import type { Models } from '../../../src/api/contract.ts'

export function ModelsView() {
  const { t } = useWords()
  const { data, error, refetch } = useModels()
  const train = useTrain()
  return (
    <>
      <header className="view-head">
        <h1>{t('models.title')}</h1>
        <button
          type="button"
          className="button"
          disabled={train.isPending || data?.training !== false}
          onClick={() => train.mutate({})}
        >
          {data?.training === true ? t('models.training') : t('models.train')}
        </button>
      </header>
      {train.error !== null && <Failed error={train.error} />}
      {error !== null && <Failed error={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loading rows={8} />}
      {data !== undefined && <Cards models={data} onTrain={(key) => train.mutate({ keys: [key] })} />}
    </>
  )
}

function Cards({ models, onTrain }: { readonly models: Models; readonly onTrain: (key: string) => void }) {
  const { t, format } = useWords()
  const { brief } = useLive()
  const nameOf = (id: string): string =>
    brief?.campaigns.find(({ campaignId }) => campaignId === id)?.name ?? id
  const { people, customers } = models.sample
  return (
    <>
      <p className="models-lead">{t('models.lead')}</p>
      <p className="muted" aria-live="polite">
        {t('models.sample', { people, customers })}{' '}
        {models.training
          ? t('models.training')
          : t('models.next', { time: format.clock(models.nextTrainingAt), days: models.trainEveryDays })}
      </p>
      <div className="models">
        {models.models.map((model) => (
          <ModelCard
            key={model.key}
            model={model}
            nameOf={nameOf}
            training={models.training}
            onTrain={() => onTrain(model.key)}
          />
        ))}
        <SendTimePanel />
      </div>
    </>
  )
}
