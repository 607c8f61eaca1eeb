// What people say, newest first, each with the tone it was read in; a person may say how it is really meant, which
// teaches.

import { useEffect, useRef } from 'react'
import { useCorrect, useMentionsAbout, type About } from '../data/brand-queries.ts'
import { useMay } from '../data/queries.ts'
import { Failed, Loading } from './states.tsx'
import { useWords } from './words-context.tsx'
import type { WordKey } from '../words/en.ts'
import type { Brand, BrandMention } from '../../../src/api/contract.ts'

const TONES = ['negative', 'neutral', 'positive'] as const
const TEXT_SHOWN = 400
/** Beyond this a tone is one. */
const TONED = 0.2

const nameOfTone = (tone: number): (typeof TONES)[number] =>
  tone < -TONED ? 'negative' : tone > TONED ? 'positive' : 'neutral'

export function BrandMentions({
  data,
  about,
  onAll,
}: {
  readonly data: Brand
  /** Only what was said of this; null = the latest of all. */
  readonly about: About | null
  readonly onAll: () => void
}) {
  const { mentions, entities } = data
  const { t } = useWords()
  const head = useRef<HTMLHeadingElement>(null)
  // Who asked from the radar is led to the answer.
  useEffect(() => {
    if (about !== null) head.current?.focus()
  }, [about])
  const name = entities.find(({ id }) => id === about?.entity)?.name ?? about?.entity ?? ''
  const phrase = about?.phrase ?? ''
  return (
    <section aria-labelledby="brand-mentions">
      <header className="section-head">
        <h2 id="brand-mentions" ref={head} tabIndex={-1}>
          {about === null
            ? t('brand.latest')
            : t(phrase === '' ? 'brand.mentions.of' : 'brand.mentions.ofPhrase', { name, phrase })}
        </h2>
        {about !== null && (
          <button type="button" className="button-text" onClick={onAll}>
            {t('brand.mentions.back')}
          </button>
        )}
      </header>
      {about === null ? (
        <>
          <Learnt data={data} />
          <MentionList mentions={mentions} />
        </>
      ) : (
        <MentionsAbout about={about} />
      )}
    </section>
  )
}

/** All that was said about it, as it is asked for. */
export function MentionsAbout({ about }: { readonly about: About }) {
  const { t } = useWords()
  const { data, error, refetch } = useMentionsAbout(about)
  if (error !== null) return <Failed error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Loading rows={3} />
  return (
    <>
      {data.total > data.mentions.length && (
        <p className="muted">
          {t('brand.mentions.some', { shown: data.mentions.length, total: data.total })}
        </p>
      )}
      <MentionList mentions={data.mentions} />
    </>
  )
}

function MentionList({ mentions }: { readonly mentions: readonly BrandMention[] }) {
  const { t } = useWords()
  if (mentions.length === 0) return <p className="muted">{t('brand.latest.none')}</p>
  return (
    <ul className="brand-list">
      {mentions.map((mention) => (
        <MentionRow key={mention.key} mention={mention} />
      ))}
    </ul>
  )
}

/** What corrections taught, and whether it is in use. */
function Learnt({ data: { learnt, corrections } }: { readonly data: Brand }) {
  const { t, format } = useWords()
  if (corrections === 0) return null
  if (learnt.length === 0) return <p className="muted">{t('brand.learnt.none', { corrections })}</p>
  return (
    <>
      {learnt.map(({ language, judgedOn, before, after, used, words }) => (
        <p key={language} className="muted">
          {t(used ? 'brand.learnt.used' : 'brand.learnt.unused', {
            language: t(`brand.learnt.${language}` as WordKey),
            corrections: judgedOn,
            before: format.percent(before),
            after: format.percent(after),
          })}
          {words.length > 0 &&
            ` ${t('brand.learnt.words', {
              words: words.map(({ stem, tone }) => `${stem} ${tone < 0 ? '−' : '+'}`).join(', '),
            })}`}
        </p>
      ))}
    </>
  )
}

function MentionRow({ mention }: { readonly mention: BrandMention }) {
  const { t, format } = useWords()
  const { text, at, author, source, url, echoes, emotion, risks, entities, key, language, rating } = mention
  return (
    <li className="brand-mention">
      {rating !== null && (
        <p className="muted">
          {t(`brand.rating.${rating.scale}` as WordKey, { value: format.decimal(rating.value) })}
        </p>
      )}
      {text !== '' && (
        <p lang={language === 'other' ? undefined : language}>
          {text.length > TEXT_SHOWN ? `${text.slice(0, TEXT_SHOWN)}…` : text}
        </p>
      )}
      <p className="muted">
        <time>{format.dateTime(at)}</time> · {author === '' ? t('common.unknown') : author} ·{' '}
        {url === '' ? (
          t('brand.source', { source })
        ) : (
          <a href={url} rel="noreferrer noopener nofollow" target="_blank">
            {t('brand.source', { source })}
          </a>
        )}
        {echoes > 0 && ` · ${t('brand.echoes', { count: echoes })}`}
        {emotion !== '' && ` · ${t(`brand.emotion.${emotion}` as WordKey)}`}
        {risks.length > 0 && ` · ${risks.join(', ')}`}
      </p>
      {entities.map((entity) => (
        <EntityTone key={entity.id} mentionKey={key} entity={entity} />
      ))}
    </li>
  )
}

function EntityTone({
  mentionKey,
  entity,
}: {
  readonly mentionKey: string
  readonly entity: BrandMention['entities'][number]
}) {
  const { t, format } = useWords()
  const correct = useCorrect()
  const may = useMay('proposals.answer')
  const read = nameOfTone(entity.corrected ?? entity.tone)
  return (
    <div className="brand-tone">
      <span className={`brand-tone-${read}`}>
        {entity.name}: {''}
        {entity.corrected === null
          ? t('brand.tone.sure', {
              tone: t(`brand.tone.${read}`),
              confidence: format.percent(entity.confidence),
            })
          : t(`brand.tone.${read}`)}
      </span>
      {may && (
        <span role="group" aria-label={t('brand.tone.fix', { name: entity.name })} className="brand-tone-fix">
          <span className="muted" aria-hidden="true">
            {t('brand.tone.really')}
          </span>
          {TONES.map((name, index) => (
            <button
              key={name}
              type="button"
              className="button-text"
              aria-pressed={entity.corrected === index - 1}
              disabled={correct.isPending}
              onClick={() =>
                correct.mutate({ key: mentionKey, entity: entity.id, tone: (index - 1) as -1 | 0 | 1 })
              }
            >
              {t(`brand.tone.${name}`)}
            </button>
          ))}
        </span>
      )}
    </div>
  )
}
