// The brand radar: quiet unless something concerns the business. Incidents first, then who stands how, what is held back,
// playbooks, what people say, and the sources that are listened to.

import { useState } from 'react'
import { useBrand, type About } from '../data/brand-queries.ts'
import { BrandIncidents, PastIncidents } from '../parts/brand-incidents.tsx'
import { BrandMentions } from '../parts/brand-mentions.tsx'
import { BrandNps } from '../parts/brand-nps.tsx'
import { BrandPlaybooks } from '../parts/brand-playbooks.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { useWords } from '../parts/words-context.tsx'
import type { WordKey } from '../words/en.ts'
import type { Brand } from '../../../src/api/contract.ts'

export function BrandView() {
  const { t } = useWords()
  const { data, error, refetch } = useBrand()
  return (
    <>
      <header className="view-head">
        <h1>{t('nav.brand')}</h1>
      </header>
      {data === undefined ? (
        error === null ? (
          <Loading rows={8} />
        ) : (
          <Failed error={error} onRetry={() => void refetch()} />
        )
      ) : data.configured ? (
        <Page data={data} />
      ) : (
        <Empty title={t('brand.empty.title')} detail={t('brand.empty.detail')} />
      )}
    </>
  )
}

function Page({ data }: { readonly data: Brand }) {
  const { t } = useWords()
  const [about, setAbout] = useState<About | null>(null)
  const rising = data.entities.filter(({ standing }) => standing === 'rising')
  const open = data.incidents.filter(({ status }) => status !== 'closed')
  const risky = open.filter(({ kind }) => kind !== 'opportunity' && kind !== 'drill')
  return (
    <>
      <p className={risky.length > 0 ? 'brand-alarm' : rising.length > 0 ? 'brand-rising' : 'brand-calm'}>
        {risky.length > 0
          ? t('brand.open', { count: risky.length })
          : rising.length > 0
            ? t('brand.rising', { names: rising.map(({ name }) => name).join(', ') })
            : t('brand.calm')}
      </p>
      {risky.length === 0 && (
        <p className="muted brand-quiet">
          {t('brand.calm.detail', { mentions: data.quiet.mentions, echoes: data.quiet.echoes })}
        </p>
      )}
      <BrandIncidents incidents={open} entities={data.entities} />
      <Radar data={data} onAbout={setAbout} />
      <BrandNps nps={data.nps} />
      <Holds data={data} />
      <Statements data={data} />
      <Contradictions data={data} />
      <BrandPlaybooks playbooks={data.playbooks} />
      <BrandMentions data={data} about={about} onAll={() => setAbout(null)} />
      <PastIncidents incidents={data.incidents.filter(({ status }) => status === 'closed')} />
      <Sources data={data} />
    </>
  )
}

function Radar({ data, onAbout }: { readonly data: Brand; readonly onAbout: (about: About) => void }) {
  const { t, format } = useWords()
  const unknown = t('common.unknown')
  return (
    <section aria-labelledby="brand-radar">
      <header className="section-head">
        <h2 id="brand-radar">{t('brand.radar')}</h2>
      </header>
      <DataTable
        caption={t('brand.radar')}
        rows={data.entities}
        rowId={({ id }) => id}
        columns={[
          {
            id: 'name',
            label: t('brand.entity'),
            cell: ({ name, kind }) => (kind === 'competitor' ? t('brand.competitor', { name }) : name),
          },
          {
            id: 'standing',
            label: t('brand.standing'),
            cell: ({ standing, mutedUntil }) => (
              <>
                <span className={`brand-standing brand-standing-${standing}`}>
                  {t(`brand.standing.${standing}` as WordKey)}
                </span>
                {mutedUntil !== null && (
                  <span className="muted"> {t('brand.muted', { until: format.dateTime(mutedUntil) })}</span>
                )}
              </>
            ),
          },
          {
            id: 'phrases',
            label: t('brand.phrases'),
            cell: ({ id, name, phrases }) => (
              <span className="brand-phrases">
                {phrases.map((phrase) => (
                  <button
                    key={phrase}
                    type="button"
                    className="button-text"
                    onClick={() => onAbout({ entity: id, phrase, incident: '' })}
                  >
                    {phrase}
                  </button>
                ))}
                <button
                  type="button"
                  className="button-text"
                  onClick={() => onAbout({ entity: id, phrase: '', incident: '' })}
                >
                  {t('brand.mentions.show')}
                  <span className="visually-hidden">: {name}</span>
                </button>
              </span>
            ),
          },
          { id: 'risk', label: t('brand.risk'), cell: ({ risk }) => format.number(risk), numeric: true },
          {
            id: 'mentions',
            label: t('brand.mentions'),
            cell: ({ mentions }) => format.number(mentions),
            numeric: true,
          },
          {
            id: 'voices',
            label: t('brand.voices'),
            cell: ({ voices }) => format.number(voices),
            numeric: true,
          },
          {
            id: 'negative',
            label: t('brand.negative'),
            cell: ({ negativeShare }) => (negativeShare === null ? unknown : format.percent(negativeShare)),
            numeric: true,
          },
        ]}
      />
    </section>
  )
}

function Holds({ data }: { readonly data: Brand }) {
  const { t, format } = useWords()
  const whatOf = (what: string) =>
    ['promotions', 'offers', 'lines'].includes(what)
      ? t(`brand.hold.${what}` as WordKey)
      : t('brand.hold.tone', { tone: what.replace(/^tone /, '') })
  return (
    <section aria-labelledby="brand-holds">
      <header className="section-head">
        <h2 id="brand-holds">{t('brand.holds')}</h2>
      </header>
      {data.holds.length === 0 ? (
        <p className="muted">{t('brand.holds.none')}</p>
      ) : (
        <ul className="brand-list">
          {data.holds.map(({ holdId, what, why, at, scope }) => (
            <li key={holdId}>
              <p>
                <strong>{whatOf(what)}</strong> {scope.map(({ values }) => values.join(', ')).join('; ')}
              </p>
              <p className="muted">
                {why} · {format.dateTime(at)}
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Statements({ data }: { readonly data: Brand }) {
  const { t } = useWords()
  if (data.statements.length === 0) return null
  return (
    <section aria-labelledby="brand-statements">
      <header className="section-head">
        <h2 id="brand-statements">{t('brand.statements')}</h2>
      </header>
      <ul className="brand-list">
        {data.statements.map(({ proposalId, incidentId, texts }) => (
          <li key={proposalId}>
            <p className="muted">{incidentId}</p>
            {Object.entries(texts).map(([lang, text]) => (
              <p key={lang} lang={lang}>
                {text}
              </p>
            ))}
          </li>
        ))}
      </ul>
    </section>
  )
}

function Contradictions({ data }: { readonly data: Brand }) {
  const { t } = useWords()
  if (data.contradictions.length === 0) return null
  return (
    <section aria-labelledby="brand-contradictions">
      <header className="section-head">
        <h2 id="brand-contradictions">{t('brand.contradictions')}</h2>
      </header>
      <ul className="brand-list">
        {data.contradictions.map(({ what, about, places }) => (
          <li key={`${what} ${about}`}>
            <p>
              <strong>{about}</strong>, {t(`brand.contradiction.${what}` as WordKey)}
            </p>
            <p className="muted">
              {places
                .map(({ creativeId, channel, says }) => `${creativeId} (${channel}): ${says}`)
                .join('; ')}
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Sources({ data }: { readonly data: Brand }) {
  const { t, format } = useWords()
  if (data.sources.length === 0) return null
  return (
    <section aria-labelledby="brand-sources">
      <header className="section-head">
        <h2 id="brand-sources">{t('brand.sources')}</h2>
      </header>
      <DataTable
        caption={t('brand.sources')}
        rows={data.sources}
        rowId={({ id }) => id}
        columns={[
          { id: 'id', label: t('brand.sources'), cell: ({ id, kind }) => `${id} (${kind})` },
          {
            id: 'heard',
            label: t('brand.sources.heard'),
            cell: ({ heard }) => format.number(heard),
            numeric: true,
          },
          {
            id: 'last',
            label: t('brand.sources.last'),
            cell: ({ heardAt }) => (heardAt === 0 ? t('common.unknown') : format.dateTime(heardAt)),
          },
          {
            id: 'trouble',
            label: t('brand.standing'),
            cell: ({ trouble, troubleAt }) =>
              trouble === ''
                ? t('brand.sources.works')
                : t('brand.sources.trouble', {
                    message: trouble.replace(/\.$/, ''),
                    since: format.dateTime(troubleAt),
                  }),
          },
        ]}
      />
    </section>
  )
}
