// The course of an incident in words: what the record holds in short names is told as people say it.

import { useWords } from './words-context.tsx'
import type { WordKey } from '../words/en.ts'
import type { BrandIncident } from '../../../src/api/contract.ts'

const TIMELINE_SHOWN = 40
const SAID = ['opened', 'grew', 'owned', 'noted', 'calm', 'closed']
/** Details that the record holds in short names; others are people's own words. */
const DETAILS: Readonly<Record<string, WordKey>> = {
  nothing_fits: 'brand.detail.nothing_fits',
  owned: 'brand.detail.owned',
  over: 'brand.detail.over',
  drill: 'brand.detail.drill',
  shadow: 'brand.detail.shadow',
  'by a person': 'brand.detail.by_person',
  'nobody answered': 'brand.detail.nobody_answered',
  'things have changed': 'brand.detail.changed',
  'false alarm': 'brand.falseAlarm',
}
const BY: Readonly<Record<string, WordKey>> = {
  'brand watch': 'brand.by.watch',
  watch: 'brand.by.watch',
  playbook: 'brand.by.playbook',
}

export function Timeline({ incident }: { readonly incident: BrandIncident }) {
  const { t, format } = useWords()
  const say = (what: string): string => {
    const [, step, status] = /^step (\d+) (\w+)$/.exec(what) ?? []
    if (step === undefined) return SAID.includes(what) ? t(`brand.timeline.${what}` as WordKey) : what
    const kind = incident.steps[Number(step)]?.kind ?? ''
    if (kind === '') return what
    return `${t(`brand.step.${kind}` as WordKey)}: ${t(`brand.stepStatus.${status ?? ''}` as WordKey)}`
  }
  const detailOf = (what: string, detail: string): string => {
    if (what === 'grew') return t('brand.severity', { severity: detail })
    const key = DETAILS[detail]
    return key === undefined ? detail : t(key)
  }
  return (
    <ol className="brand-timeline">
      {incident.timeline.slice(-TIMELINE_SHOWN).map(({ at, what, detail, by }, index) => {
        const who = BY[by]
        return (
          <li key={index}>
            <time>{format.dateTime(at)}</time>{' '}
            <span>
              {say(what)}
              {detail === '' ? '' : ` (${detailOf(what, detail)})`}{' '}
              <span className="muted">{who === undefined ? by : t(who)}</span>
            </span>
          </li>
        )
      })}
    </ol>
  )
}

/** Why a step was left out or refused, in words; '' when nothing was said. */
export function useDetail(): (detail: string) => string {
  const { t } = useWords()
  return (detail) => {
    const key = DETAILS[detail]
    return key === undefined ? detail : t(key)
  }
}
