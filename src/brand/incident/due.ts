// What an incident asks for now: steps to begin, things to take back, its end. Changes nothing.

import type { StepKind, StepSpec } from '../events.ts'
import type { Incident } from './incident.ts'

/** What a hold stands behind, and so can be lifted again. */
const REVERSIBLE: ReadonlySet<StepKind> = new Set([
  'pause',
  'tone',
  'freeze_offers',
  'hold_words',
  'cut_spend',
  'cut_spend_beside',
  'roll_back',
])

export type DueStep = {
  readonly incident: Incident
  readonly step: number
  readonly spec: StepSpec
  /** Instead of doing it. */
  readonly skip: 'owned' | 'over' | 'drill' | null
}

export const holdIdOf = (incidentId: string, step: number): string => `brand:${incidentId}:${step}`

export const isReversible = ({ kind }: StepSpec): boolean => REVERSIBLE.has(kind)

/** Steps whose time has come and that were not begun, in the order of the playbook. */
export const dueSteps = (incident: Incident, now: number): readonly DueStep[] =>
  (incident.playbook?.steps ?? []).flatMap((spec, step): DueStep[] => {
    if (incident.steps[step]?.status !== 'due') return []
    if (incident.status !== 'open') return [{ incident, step, spec, skip: 'over' }]
    if (now < incident.at + spec.afterMs) return []
    if (spec.unlessOwned && incident.owner !== '') return [{ incident, step, spec, skip: 'owned' }]
    // A drill tries whom it reaches, and how soon; it holds nothing.
    const isDrill = incident.kind === 'drill' && spec.kind !== 'notify'
    return [{ incident, step, spec, skip: isDrill ? 'drill' : null }]
  })

/** Whether the watch has seen nothing of it for as long as its playbook asks; a drill is over when all was tried. */
export const isCalm = (incident: Incident, now: number): boolean => {
  if (incident.status !== 'open') return false
  if (incident.kind === 'drill')
    return incident.steps.every(({ status }) => status !== 'due' && status !== 'begun')
  return now - incident.seenAt >= (incident.playbook?.standDown.calmMs ?? CALM_MS)
}

const CALM_MS = 2 * 3_600_000

/** The step to take back next: the last one done, after its time; undefined when nothing is due. */
export const dueTakeBack = (incident: Incident, now: number): number | undefined => {
  if (incident.status !== 'standing_down' || incident.playbook?.standDown.ask === true) return undefined
  const left = standing(incident)
  const last = left.at(-1)
  if (last === undefined) return undefined
  const taken = incident.steps.filter(({ status }) => status === 'taken_back').map(({ at }) => at)
  const since = Math.max(incident.calmAt, ...taken)
  const isFirst = taken.every((at) => at < incident.calmAt)
  return isFirst || now - since >= (incident.playbook?.standDown.everyMs ?? 0) ? last : undefined
}

/** Steps that still hold something. */
export const standing = (incident: Incident): readonly number[] =>
  (incident.playbook?.steps ?? []).flatMap((spec, step) =>
    isReversible(spec) && ['done', 'begun', 'unknown'].includes(incident.steps[step]?.status ?? '')
      ? [step]
      : [],
  )

/** Whether it can be closed: nothing holds any more, nothing is under way, nobody is asked. */
export const isOver = (incident: Incident): boolean =>
  incident.status === 'standing_down' &&
  standing(incident).length === 0 &&
  incident.steps.every(({ status }) => !['due', 'begun', 'waiting'].includes(status))
