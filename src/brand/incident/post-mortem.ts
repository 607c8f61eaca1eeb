// What happened, written from the record when an incident is closed. Plain Markdown; people add to it.

import type { Incident } from './incident.ts'

const minutes = (ms: number): string => `${Math.round(ms / 60_000)} min`
const stamp = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ')

/** Of an incident as it stands when it ends at `now` (ms). */
export const postMortemOf = (incident: Incident, entityName: string, now: number): string => {
  const { evidence, playbook, own } = incident
  const facts = [
    `- What: ${incident.kind}, severity ${incident.severity}, about ${entityName}${incident.topic === '' ? '' : ` (${incident.topic})`}`,
    `- Began ${stamp(incident.since)} UTC, opened after ${minutes(incident.at - incident.since)}, closed after ${minutes(now - incident.at)}`,
    `- Mentions ${evidence.mentions} where ${evidence.usual.toFixed(1)} are usual; ${Math.round(100 * evidence.negativeShare)} % of them negative (usually ${Math.round(100 * evidence.usualNegative)} %); ${evidence.voices} voices, ${evidence.echoes} echoes`,
    ...(evidence.phrases.length === 0 ? [] : [`- In their words: ${evidence.phrases.join('; ')}`]),
    `- Taken over by ${incident.owner === '' ? 'nobody' : incident.owner}`,
  ]
  const acts =
    own.length === 0
      ? ['Windvane did nothing lately that fits it.']
      : own.map(
          (act) =>
            `- ${stamp(act.at)} ${act.what} ${act.campaignId} ${act.creativeId}`.trimEnd() +
            ` (${act.people} people, fit ${act.fit.toFixed(2)}${act.shared.length === 0 ? '' : `, shares ${act.shared.join(', ')}`})`,
        )
  const steps = (playbook?.steps ?? []).map((spec, index) => {
    const step = incident.steps[index]
    return `- ${index + 1}. ${spec.kind}: ${step?.status ?? 'due'}${step === undefined || step.detail === '' ? '' : ` (${step.detail})`}`
  })
  const timeline = incident.timeline.map(
    ({ at, what, detail, by }) => `- ${stamp(at)} ${what}${detail === '' ? '' : `: ${detail}`} (${by})`,
  )
  return [
    `# ${incident.incidentId}: ${entityName}`,
    '',
    ...facts,
    '',
    '## What Windvane had done before',
    '',
    ...acts,
    '',
    `## Steps${playbook === null ? ': no playbook fits' : ` of “${playbook.name}”`}`,
    '',
    ...steps,
    '',
    '## Timeline',
    '',
    ...timeline,
    '',
  ].join('\n')
}
