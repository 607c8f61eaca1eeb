// Ad lines that a step of a playbook keeps from spending, each with the reason and whether it is seen paused.

import { holdIdOf, type Incident } from '../../brand/index.ts'
import type { LoopState } from '../../loop.ts'
import { wordsIn } from '../../stages/brand/alarms.ts'
import { linesBeside, reachOf } from '../../stages/brand/beside-topic.ts'
import type { BrandIncident } from '../contract.ts'

const LINES_SHOWN = 100

/** What a step keeps from spending now. */
export const linesView = (
  state: LoopState,
  incident: Incident,
  step: number,
): BrandIncident['steps'][number]['lines'] => {
  const scope = state.guardrail.holds.get(holdIdOf(incident.incidentId, step))?.scope
  if (scope?.kind !== 'lines') return []
  const spec = incident.playbook?.steps[step]
  const beside = new Map(
    (spec?.kind === 'cut_spend_beside' ? linesBeside(state, incident, spec.words, wordsIn) : []).map(
      (line) => [line.lineId, line],
    ),
  )
  const { lines } = state.guardrail.books
  const held = scope.lines.length === 0 ? [...lines.keys()] : scope.lines
  return held.slice(0, LINES_SHOWN).map((lineId) => ({
    lineId,
    name: lines.get(lineId)?.spec.name ?? lineId,
    word: '',
    where: '',
    what: '',
    ...beside.get(lineId),
    ...reachOf(state, lineId),
  }))
}
