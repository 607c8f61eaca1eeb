// `windvane preview`: a dry run of one campaign over everyone known: who would get what, when and why.
// Nothing is recorded, nothing is sent.

import type { Command } from 'commander'
import { Failure } from '../../kernel/failure.ts'
import { asCampaignId, NOTHING } from '../../kernel/ids.ts'
import { didYouMean } from '../../kernel/problem.ts'
import type { CampaignSpec, DecisionMade } from '../../decision/events.ts'
import { campaignOf, campaignsInForce, decisionIdOf, explain, peopleOf } from '../../decision/index.ts'
import type { Range80 } from '../../feedback/index.ts'
import type { LoopState } from '../../loop.ts'
import { eachProfile } from '../../profile/index.ts'
import { addChance, forecastRun, type Drawn, type RunForecast } from '../../stages/campaign-ahead.ts'
import { forecastAhead } from '../../stages/forecasting.ts'
import { decideFor } from '../../stages/deciding.ts'
import { note, print, table } from '../output.ts'
import { openLoop } from '../open-loop.ts'
import { createCtx, systemClock } from '../clock.ts'
import { dataCommand, requireData, type Common } from './shared.ts'

type PreviewOptions = Common & { readonly at?: string; readonly limit: string; readonly lang: string }

type Row = {
  readonly profileId: string
  readonly actionId: string
  readonly sendAt: string
  readonly propensity: number
  readonly group: string
  readonly verdict: string
  readonly why: string
}
type Preview = {
  readonly campaignId: string
  readonly at: string
  readonly known: number
  readonly audience: number
  readonly byAction: Readonly<Record<string, number>>
  readonly rows: readonly Row[]
  /** Of the next run, or of four weeks of a campaign that waits; null when how often it will be asked is not known. */
  readonly forecast: RunForecast | null
}

export const previewCommand = (): Command =>
  dataCommand('preview', 'dry run of a campaign: who would get what, when and why')
    .argument('<campaign>', 'id of a campaign in force')
    .option('--at <time>', 'as if it were this time (ISO 8601); now otherwise')
    .option('--limit <n>', 'rows to list; all are counted', '20')
    .option('--lang <language>', 'en or ru', 'en')
    .action(async (campaign: string, options: PreviewOptions) => {
      requireData(options.data)
      const opened = await openLoop({ dir: options.data, ctx: createCtx(systemClock) })
      try {
        const preview = previewOf(opened.loop.state, campaignIn(opened.loop.state, campaign), options)
        print({ json: options.json }, preview, (shown) =>
          previewText(shown, options.lang === 'ru' ? 'ru' : 'en'),
        )
      } finally {
        await opened.close()
      }
    })

const campaignIn = (state: LoopState, id: string): CampaignSpec => {
  const campaign = campaignOf(state.decision, asCampaignId(id))
  if (campaign !== undefined) return campaign
  const known = campaignsInForce(state.decision).campaigns.map((one) => one.id)
  throw new Failure({
    code: 'preview.no_campaign',
    message: `There is no campaign ${id}.`,
    hint: known.length === 0 ? 'Apply a plan first: windvane apply FILE' : didYouMean(id, known),
  })
}

const previewOf = (state: LoopState, given: CampaignSpec, { at, limit, lang }: PreviewOptions): Preview => {
  const now = at === undefined ? Date.now() : Date.parse(at)
  if (!Number.isFinite(now))
    throw new Failure({
      code: 'preview.bad_time',
      message: `${at} is not a time.`,
      hint: 'Write it as 2026-11-30T10:00:00Z.',
    })
  // What a paused campaign or one that only watches would do, were it live.
  if (given.status !== 'live') note(`${given.id} is ${given.status}: shown as if it were live.`)
  const campaign: CampaignSpec = { ...given, status: 'live' }
  const channels = [...new Set(campaign.actions.map(({ channel }) => channel))]
  const missing = channels.filter((channel) => channel !== 'onsite' && !state.channels.includes(channel))
  if (missing.length > 0) note(`Not configured here, assumed for the dry run: ${missing.join(', ')}.`)
  const assumed: LoopState = { ...state, channels }
  const people = peopleOf(state.profile, state.business, state.persons)
  const rows: Row[] = []
  const byAction: Record<string, number> = {}
  const drawn: Drawn = { messages: 0, variance: 0 }
  let [known, audience] = [0, 0]
  eachProfile(state.profile, (ref) => {
    known++
    if (!people.matches(campaign.audience, { ref, now })) return
    audience++
    const profileId = people.idOf(ref)
    const cause = { kind: 'schedule', ref: 'preview' } as const
    const made = decideFor(
      assumed,
      { decisionId: decisionIdOf(campaign.id, cause.ref, profileId), campaign, ref, cause, context: {}, now },
      () => '',
    )
    addChance(drawn, made)
    const action = made.group === 'holdout' ? 'holdout' : made.actionId
    byAction[action] = (byAction[action] ?? 0) + 1
    if (rows.length < Number(limit)) rows.push(rowOf(made, lang))
  })
  return {
    campaignId: campaign.id,
    at: new Date(now).toISOString(),
    known,
    audience,
    byAction,
    rows,
    forecast:
      campaign.trigger.kind === 'schedule'
        ? forecastRun(assumed, campaign, { drawn, now })
        : forecastAhead(state, campaign, now).forecast,
  }
}

const rowOf = (made: DecisionMade, lang: string): Row => ({
  profileId: made.profileId,
  actionId: made.actionId,
  sendAt: made.actionId === NOTHING ? '' : new Date(made.sendAt).toISOString(),
  propensity: Math.round(made.propensity * 1000) / 1000,
  group: made.group,
  verdict: made.verdict,
  why: whyOf(made, lang === 'ru' ? 'ru' : 'en'),
})

const whyOf = (made: DecisionMade, lang: 'en' | 'ru'): string => {
  const { sentence, timing } = explain(made, lang)
  return [sentence, ...timing].join(' ')
}

const previewText = (
  { campaignId, at, known, audience, byAction, rows, forecast }: Preview,
  lang: 'en' | 'ru',
): string =>
  [
    `${campaignId} as of ${at}: ${audience} of ${known} people are in the audience`,
    table(
      Object.entries(byAction)
        .toSorted(([, left], [, right]) => right - left)
        .map(([action, count]) => [action, count]),
    ),
    '',
    ...forecastText(forecast, WORDS[lang]),
    '',
    table([
      ['who', 'what', 'when', 'p', 'why'],
      ...rows.map(({ profileId, actionId, sendAt, propensity, why }) => [
        profileId,
        actionId,
        sendAt,
        propensity,
        why,
      ]),
    ]),
  ].join('\n')

const forecastText = (forecast: RunForecast | null, words: Words): readonly string[] => {
  if (forecast === null) return [words.waits]
  const { messages, buyers, margin, lossChance, basis, risk } = forecast
  const range = (one: Range80 | null, digits: number) =>
    one === null
      ? words.unknown
      : `${one.mean.toFixed(digits)} (${one.low.toFixed(digits)} … ${one.high.toFixed(digits)})`
  return [
    words.title,
    table([
      [words.messages, range(messages, 0)],
      [words.buyers, range(buyers, 0)],
      [words.result, range(margin, 2)],
      [words.loss, lossChance === null ? words.unknown : `${(100 * lossChance).toFixed(0)} %`],
      [words.unsubscribes, range(risk?.unsubscribes ?? null, 1)],
      [words.complaints, range(risk?.complaints ?? null, 1)],
    ]),
    words.basis[basis],
  ]
}

const WORDS = {
  en: {
    title: 'Expected of the next run, or of four weeks of a campaign that waits (80 % interval)',
    waits: 'It waits, and how often it will be asked is not known yet: no forecast.',
    messages: 'messages',
    buyers: 'people with a result in the window',
    result: 'result, costs taken off',
    loss: 'chance of a loss',
    unsubscribes: 'people who unsubscribe',
    complaints: 'complaints',
    unknown: 'not known yet',
    basis: {
      own: 'Learnt from its own past. People who would have bought anyway are among them: what it adds is in the lift.',
      other_campaigns: 'It has hardly run: learnt from the other campaigns with the same goal.',
      orders:
        'Nothing like it has run: this is what people order anyway, so take it as a yardstick and not as its effect.',
      nothing: 'Nothing is known that results could be foretold from.',
    },
  },
  ru: {
    title: 'Ожидается от следующего запуска или за четыре недели, если кампания ждёт событий (интервал 80 %)',
    waits: 'Кампания ждёт, и как часто её спросят, пока не известно: прогноза нет.',
    messages: 'сообщений',
    buyers: 'людей с результатом за окно',
    result: 'результат за вычетом затрат',
    loss: 'вероятность убытка',
    unsubscribes: 'отпишутся',
    complaints: 'жалоб',
    unknown: 'пока не известно',
    basis: {
      own: 'По её собственному прошлому. Среди этих людей есть и те, кто купил бы сам: что она добавляет, показывает прирост.',
      other_campaigns: 'Она почти не запускалась: по другим кампаниям с той же целью.',
      orders:
        'Ничего похожего не запускалось: это то, что люди заказывают и сами, – мерка, а не действие кампании.',
      nothing: 'Нет ничего, по чему можно было бы предсказать результат.',
    },
  },
} as const
type Words = (typeof WORDS)['en' | 'ru']
