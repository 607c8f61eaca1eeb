// `windvane segments`: who is in each segment now, and what a condition would select before it stands in the plan.

import type { Command } from 'commander'
import { Failure } from '../../kernel/failure.ts'
import type { Segments } from '../../api/contract.ts'
import { missingIn } from '../../api/views/customers.ts'
import { peopleOf } from '../../decision/index.ts'
import type { LoopState } from '../../loop.ts'
import { compileExpression, eachProfile, segmentSpecs } from '../../profile/index.ts'
import { createCtx, systemClock } from '../clock.ts'
import { openLoop } from '../open-loop.ts'
import { print, table } from '../output.ts'
import { dataCommand, requireData, type Common } from './shared.ts'

type Options = Common & { readonly when?: string; readonly limit: string; readonly at?: string }

type Row = Pick<Segments['items'][number], 'id' | 'when' | 'size' | 'missing'> & {
  /** Some who are in it. */
  readonly sample: readonly string[]
}
type Answer = { readonly known: number; readonly segments: readonly Row[] }

export const segmentsCommand = (): Command =>
  dataCommand('segments', 'who is in each segment now; or what a condition would select')
    .option(
      '--when <rule>',
      'a condition to try, such as: scores.churn > 0.7 && profile.features.orders > 1.0',
    )
    .option('--limit <n>', 'ids to list of each', '5')
    .option('--at <time>', 'as if it were this time (ISO 8601); now otherwise')
    .action(async (options: Options) => {
      requireData(options.data)
      const ctx = createCtx(systemClock)
      const opened = await openLoop({ dir: options.data, ctx })
      try {
        print({ json: options.json }, segmentsIn(opened.loop.state, options), segmentsText)
      } finally {
        await opened.close()
      }
    })

const segmentsIn = (state: LoopState, { when, limit, at }: Options): Answer => {
  const now = at === undefined ? Date.now() : Date.parse(at)
  if (!Number.isFinite(now))
    throw new Failure({
      code: 'segments.bad_time',
      message: `${at} is not a time.`,
      hint: 'Write it as 2026-11-30T10:00:00Z.',
    })
  // Compiled as a segment is, so that what would be refused in the plan is refused here in the same words.
  if (when !== undefined) compileExpression(when, { segments: false })
  const rules = when === undefined ? segmentSpecs(state.profile) : [{ id: '(tried)', when }]
  const people = peopleOf(state.profile, state.business, state.persons)
  const found = rules.map((rule) => ({ ...rule, size: 0, sample: [] as string[] }))
  let known = 0
  eachProfile(state.profile, (ref) => {
    known++
    for (const one of found) {
      if (!people.matches(one.when, { ref, now })) continue
      one.size++
      if (one.sample.length < Number(limit)) one.sample.push(people.idOf(ref))
    }
  })
  return {
    known,
    segments: found.map(({ id, when: rule, size, sample }) => ({
      id,
      when: rule,
      size,
      missing: missingIn(state, rule, now),
      sample,
    })),
  }
}

const segmentsText = ({ known, segments }: Answer): string =>
  segments.length === 0
    ? 'There are no segments in the plan. Try a condition: windvane segments --when RULE'
    : [
        table([
          ['segment', 'people', `of ${known}`, 'condition', 'some of them'],
          ...segments.map(({ id, size, when, sample }) => [
            id,
            size,
            known === 0 ? '-' : `${((100 * size) / known).toFixed(1)} %`,
            when,
            sample.join(' '),
          ]),
        ]),
        ...segments.flatMap(({ id, missing }) =>
          missing.map(
            ({ score, gap }) =>
              `${id}: scores.${score} cannot be said now (${gap}); whom only it would bring in is not in it.`,
          ),
        ),
      ].join('\n')
