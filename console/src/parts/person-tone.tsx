// How a person sounded in what they wrote to the business, and how sure that is; nothing where they wrote nothing.

import { useWords } from './words-context.tsx'
import type { Customer } from '../../../src/api/contract.ts'

export function PersonTone({ tone }: { readonly tone: Customer['tone'] }) {
  const { t, named, format } = useWords()
  if (tone === null) return null
  const { count, sentiment, confidence, emotion, mean, at, negativeAt, version } = tone
  return (
    <section className="person-scores">
      <h2>{t('customer.tone')}</h2>
      <dl className="pairs">
        <div>
          <dt>{t('customer.tone.latest')}</dt>
          <dd>
            <span
              className={sentiment === 'negative' ? 'bad' : sentiment === 'positive' ? 'good' : undefined}
            >
              {t('brand.tone.sure', {
                tone: t(`brand.tone.${sentiment}`),
                confidence: format.percent(confidence),
              })}
            </span>
            <small>{format.dateTime(at)}</small>
          </dd>
        </div>
        {emotion !== '' && (
          <div>
            <dt>{t('customer.tone.emotion')}</dt>
            <dd>{named('brand.emotion', emotion)}</dd>
          </div>
        )}
        <div>
          <dt>{t('customer.tone.mean')}</dt>
          <dd>
            {format.decimal(mean)}
            <small>{t('customer.tone.count', { count })}</small>
          </dd>
        </div>
        <div>
          <dt>{t('customer.tone.negative')}</dt>
          <dd>{negativeAt === null ? t('customer.tone.never') : format.dateTime(negativeAt)}</dd>
        </div>
      </dl>
      <p className="muted">{t('customer.tone.note', { version })}</p>
    </section>
  )
}
