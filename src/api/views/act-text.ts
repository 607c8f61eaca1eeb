// The sentence of one act: what was done, and to what.

import { campaignOf } from '../../decision/index.ts'
import type { StopScope } from '../../guardrail/events.ts'
import type { ActType } from '../../insight/index.ts'
import { asCampaignId } from '../../kernel/ids.ts'
import type { Said } from '../../kernel/said.ts'
import type { DataExpired } from '../../profile/events.ts'
import { spellScope } from '../scope.ts'
import { ABOUT_WORDS, ACT_WORDS } from './audit-words.ts'
import { troubleIn } from './money-said-words.ts'
import { classIn, groundDetailIn, whyIn } from './proposal-words.ts'
import { sayIn } from './said-words.ts'
import type { Language, ViewSources } from './sources.ts'

export type ActFacts = {
  readonly type: ActType
  readonly data: Readonly<Record<string, unknown>>
  /** Of the proposal it belongs to; '' when there is none at hand. */
  readonly title: string
}

/** @example 'Approved: Raise search by 20 %' */
export const actText = (sources: ViewSources, facts: ActFacts, language: Language): string => {
  const about = aboutOf(sources, facts, language)
  return about === '' ? ACT_WORDS[language][facts.type] : `${ACT_WORDS[language][facts.type]}: ${about}`
}

type Looking = {
  readonly data: Readonly<Record<string, unknown>>
  readonly title: string
  readonly words: (typeof ABOUT_WORDS)[Language]
  readonly language: Language
  readonly text: (name: string) => string
  readonly number: (name: string) => number
  /** Names as they are now; the ids where there is none any more. */
  readonly campaign: () => string
  readonly user: () => string
  readonly key: () => string
}

const aboutOf = ({ loop }: ViewSources, { type, data, title }: ActFacts, language: Language): string => {
  const { access, decision } = loop.state
  const text = (name: string): string => {
    const value = data[name]
    return typeof value === 'string' ? value : ''
  }
  const looking: Looking = {
    data,
    title,
    words: ABOUT_WORDS[language],
    language,
    text,
    number: (name) => (typeof data[name] === 'number' ? data[name] : 0),
    campaign: () => campaignOf(decision, asCampaignId(text('campaignId')))?.name ?? text('campaignId'),
    user: () => access.users.get(text('userId'))?.name ?? text('userId'),
    key: () => access.keys.get(text('keyId'))?.name ?? text('keyId'),
  }
  return (ABOUT[type] ?? whatIsNamed)(looking)
}

const whatIsNamed = ({ title, text }: Looking): string =>
  title || NAMES.map(text).find((name) => name !== '') || ''

const NAMES = ['incidentId', 'holdId', 'experimentId', 'id', 'proposalId'] as const

const saidOf = (data: Looking['data']): Said | undefined => data['said'] as Said | undefined

const scope = ({ data, words }: Looking): string => {
  const at = data['scope'] as StopScope
  return at.kind === 'all' ? words.everything : spellScope(at)
}
const account = ({ user }: Looking): string => user()
const newcomer = ({ text }: Looking): string => joined(text('name'), text('role'))
const keyName = ({ text, key }: Looking): string => text('name') || key()
const topic = ({ text }: Looking): string => joined(text('entity'), text('topic'))
/** What changed, or why, stands beside. */
const besides = (): string => ''

const ABOUT: Readonly<Partial<Record<ActType, (looking: Looking) => string>>> = {
  'stop.raised.v1': scope,
  'stop.lifted.v1': scope,
  'plan.applied.v1': besides,
  'hold.placed.v1': besides,
  'models.applied.v1': besides,
  'model.reset.v1': besides,
  'governance.promoted.v1': ({ text, number, campaign, words, language }) =>
    words.level(joined(classIn(language, text('class')), campaign()), number('level')),
  'governance.breached.v1': ({ text, number, campaign, words, language }) =>
    words.level(
      joined(
        classIn(language, text('class')),
        campaign(),
        whyIn(language, text('kind')),
        groundDetailIn(language, { code: text('kind'), detail: text('detail') }),
      ),
      number('capTo'),
    ),
  'governance.ramp_moved.v1': ({ campaign, number, words }) => words.share(campaign(), number('share')),
  'governance.drilled.v1': ({ data, words }) => (data['passed'] === true ? words.passed : words.failed),
  'governance.executed.v1': ({ data, title, text, words, language }) => {
    const outcome = text('outcome')
    const failed = outcome === 'failed' || outcome === 'unknown' ? words.outcome[outcome] : ''
    return joined(title || text('proposalId'), failed, sayIn(language, saidOf(data), text('detail')))
  },
  'governance.answered.v1': ({ title, text }) => joined(title, text('text')),
  'governance.proposed.v1': ({ data, text, campaign, language }) =>
    sayIn(language, saidOf(data), text('title')) || joined(text('kind'), campaign()),
  'policy.proposed.v1': ({ text, campaign }) => joined(campaign(), text('challengerId')),
  'policy.rollout_moved.v1': ({ text, number, campaign, words }) =>
    words.moved(joined(campaign(), text('challengerId')), number('from'), number('to')),
  'system.restored.v1': ({ number, text, words }) =>
    words.backup(new Date(number('backupAt')).toISOString(), number('epoch'), text('erasuresUnknown') !== ''),
  'system.erasures_repeated.v1': ({ number, words }) => words.repeated(number('people'), number('noted')),
  'access.user_invited.v1': newcomer,
  'access.user_joined.v1': newcomer,
  'access.role_changed.v1': ({ user, text }) => joined(user(), `${text('from')} → ${text('to')}`),
  'access.credential_changed.v1': ({ user, text }) => joined(user(), text('what')),
  'access.signed_in.v1': ({ text }) => joined(text('way'), text('network')),
  'access.sign_in_failed.v1': ({ text, number, words }) =>
    joined(text('network'), number('others') > 0 ? words.more(number('others')) : ''),
  'access.user_disabled.v1': account,
  'access.user_enabled.v1': account,
  'access.sessions_ended.v1': account,
  'access.key_made.v1': keyName,
  'access.key_rotated.v1': keyName,
  'access.key_revoked.v1': keyName,
  'spend.incident_opened.v1': ({ data, text, language }) =>
    joined(troubleIn(language, text('kind')), text('lineId'), sayIn(language, saidOf(data), text('detail'))),
  'budget.experiment_planned.v1': ({ text }) => joined(text('lineId'), text('experimentId')),
  'brand.incident_opened.v1': topic,
  'brand.topic_muted.v1': topic,
  'brand.incident_noted.v1': ({ text }) => joined(text('incidentId'), text('text')),
  'profile.consent_changed.v1': ({ text, data }) =>
    joined(text('profileId'), text('channel'), text('purpose'), data['granted'] === true ? '+' : '−'),
  'profile.unmerged.v1': ({ text }) => text('profileId'),
  'profile.erasure_started.v1': ({ text }) => text('profileId'),
  'profile.data_expired.v1': ({ data, words }) => {
    const { classes, people } = data as unknown as DataExpired
    const gone = classes.map(({ dataClass, before, items }) =>
      words.gone(words.data[dataClass], before, items),
    )
    return joined(...gone, people === 0 ? '' : `${words.data.contact}: ${people}`)
  },
}

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(', ')
