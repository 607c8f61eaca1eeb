// What happened, written from the record when an incident is closed, in the language of the business. Plain Markdown;
// people add to it.

import type { Said } from '../../kernel/said.ts'
import type { Incident } from './incident.ts'
import { storyWords, type StoryWords } from './story-words.ts'

const stamp = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ')

export type StoryOf = {
  readonly entityName: string
  /** Of the business, BCP 47. */
  readonly locale: string
  /** ms. */
  readonly now: number
}

/** Of an incident as it stands when it ends. */
export const postMortemOf = (incident: Incident, { entityName, locale, now }: StoryOf): string => {
  const { playbook } = incident
  const words = storyWords(locale)
  const steps = (playbook?.steps ?? []).map(({ kind }, index) => {
    const { status = 'due', detail = '', said } = incident.steps[index] ?? {}
    return `- ${index + 1}. ${words.steps[kind]}: ${words.statuses[status]}${inBrackets(detailOf(words, detail, said))}`
  })
  return [
    `# ${incident.incidentId}: ${entityName}`,
    '',
    ...factsOf(words, incident, { entityName, locale, now }).map((fact) => `- ${fact}`),
    '',
    `## ${words.before}`,
    '',
    ...actsOf(words, incident),
    '',
    `## ${playbook === null ? words.noPlaybook : words.stepsOf(playbook.name)}`,
    '',
    ...steps,
    '',
    `## ${words.timeline}`,
    '',
    ...timelineOf(words, incident),
    '',
  ].join('\n')
}

const inBrackets = (text: string): string => (text === '' ? '' : ` (${text})`)
const detailOf = (words: StoryWords, detail: string, said: Said | undefined): string =>
  words.details[said?.code ?? detail] ?? detail

const factsOf = (words: StoryWords, incident: Incident, of: StoryOf): readonly string[] => {
  const { evidence, kind, severity, topic, since, at, owner } = incident
  const minutes = (ms: number): string => words.minutes(Math.round(ms / 60_000))
  const percent = (share: number): number => Math.round(100 * share)
  const { mentions, usual, negativeShare, usualNegative, voices, echoes, phrases } = evidence
  return [
    words.what(words.kinds[kind], severity, `${of.entityName}${inBrackets(topic)}`),
    words.when(stamp(since), minutes(at - since), minutes(of.now - at)),
    `${words.loud(mentions, usual.toFixed(1), percent(negativeShare), percent(usualNegative))}; ${words.voices(voices, echoes)}`,
    ...(phrases.length === 0 ? [] : [`${words.phrases}: ${phrases.join('; ')}`]),
    `${words.owner} ${owner === '' ? words.nobody : owner}`,
  ]
}

const actsOf = (words: StoryWords, { own }: Incident): readonly string[] =>
  own.length === 0
    ? [words.nothingBefore]
    : own.map(({ at, what, campaignId, creativeId, people, fit, shared }) => {
        const act = [stamp(at), words.acts[what], campaignId, creativeId].filter((part) => part !== '')
        return `- ${act.join(' ')} (${words.fit(people, fit.toFixed(2), shared.join(', '))})`
      })

const timelineOf = (words: StoryWords, { timeline, playbook }: Incident): readonly string[] =>
  timeline.map(({ at, what, detail, said: why, by }) => {
    const [, step, status] = /^step (\d+) (\w+)$/.exec(what) ?? []
    const kind = step === undefined ? undefined : playbook?.steps[Number(step)]?.kind
    const said =
      kind === undefined
        ? (words.said[what] ?? what)
        : `${words.steps[kind]}, ${words.statuses[status as keyof StoryWords['statuses']]}`
    const told = detailOf(words, detail, why)
    return `- ${stamp(at)} ${said}${told === '' ? '' : `: ${told}`} (${words.by[by] ?? by})`
  })
