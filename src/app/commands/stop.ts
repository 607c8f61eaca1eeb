// `windvane stop` and `windvane resume`. Stop works first by a file, so that it works when all else is
// down; resume shows what would leave before it lets anything go.

import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import { Failure } from '../../kernel/failure.ts'
import { LOCAL_OPERATOR } from '../../kernel/principal.ts'
import type { StopState } from '../../api/contract.ts'
import { readScope } from '../../api/scope.ts'
import { STOP_RAISED } from '../../guardrail/events.ts'
import type { Loop } from '../../loop.ts'
import { callServer } from '../control.ts'
import { note, print } from '../output.ts'
import { folderSources } from '../folder-sources.ts'
import { stopFileIn } from '../stop-file.ts'
import { dataCommand, onEither, requireData, type Common } from './shared.ts'

export const stopCommand = (): Command =>
  dataCommand('stop', 'stop all sending, or one channel or campaign, at once')
    .option('--scope <scope>', 'all, channel:<name> or campaign:<id>', 'all')
    .option('--reason <text>', 'why', 'stopped from the command line')
    .action(
      async ({ data, json, scope, reason }: Common & { readonly scope: string; readonly reason: string }) => {
        readScope(scope)
        if (!existsSync(data))
          throw new Failure({
            code: 'data.missing',
            message: `There is no folder ${data}.`,
            hint: 'Name the data folder with --data DIR.',
          })
        // The file holds whatever the server is doing, and stays when it cannot be reached.
        stopFileIn(data).write(reason, readScope(scope))
        const state = await onEither(
          data,
          async (card) => {
            const answered = await callServer<StopState>(card, 'POST', '/api/stop', { scope, reason })
            // On record now: a scoped file would only have to be taken away again.
            if (scope !== 'all') stopFileIn(data).remove(readScope(scope))
            return answered
          },
          async ({ loop }) => {
            await loop.record([
              fact(loop, STOP_RAISED, { scope: readScope(scope), reason, by: LOCAL_OPERATOR.name }),
            ])
            if (scope !== 'all') stopFileIn(data).remove(readScope(scope))
            return stateOf(loop, data)
          },
        )
        print({ json }, state, stopText)
      },
    )

type ResumeWords = Common & {
  readonly scope: string
  readonly yes: boolean
  readonly late: string
  readonly sendRestored: boolean
  readonly erasuresSeen: boolean
}

export const resumeCommand = (): Command =>
  dataCommand('resume', 'let what was stopped go on, after showing what waits')
    .option('--scope <scope>', 'all, channel:<name> or campaign:<id>', 'all')
    .option('--yes', 'do not ask', false)
    .option('--late <what>', 'what came too late meanwhile: drop it, or ask (a proposal)', 'drop')
    .option(
      '--send-restored',
      'in a restored system: send what waits although it may have been sent before',
      false,
    )
    .option(
      '--erasures-seen',
      'in a restored system that does not know who was erased after the backup: you have seen to it',
      false,
    )
    .action(async ({ data, json, scope, yes, late, sendRestored, erasuresSeen }: ResumeWords) => {
      if (late !== 'drop' && late !== 'ask')
        throw new Failure({
          code: 'resume.late',
          message: `${late} is neither drop nor ask.`,
          hint: 'Say --late ask or --late drop.',
        })
      requireData(data)
      readScope(scope)
      const seen = await onEither(
        data,
        async (card) => callServer<StopState>(card, 'GET', '/api/stop'),
        async ({ loop }) => stateOf(loop, data),
      )
      note(stopText(seen))
      if (!yes && !(await agreed()))
        throw new Failure({
          code: 'resume.not_confirmed',
          message: 'Not resumed.',
          hint: 'Answer yes, or pass --yes.',
        })
      const byFile = fileOf(seen, scope)
      const state = await onEither(
        data,
        async (card) => {
          const now = await callServer<StopState>(card, 'GET', '/api/stop')
          requireSeen(seen, now, scope)
          // The log holds before the file goes: what has come since it was looked at must not slip out.
          const held =
            byFile === undefined
              ? seen
              : await callServer<StopState>(card, 'POST', '/api/stop', { scope, reason: byFile.reason })
          stopFileIn(data).remove(readScope(scope), marksOf(seen, scope))
          return callServer<StopState>(card, 'POST', '/api/resume', {
            scope,
            waitingSeen: seen.waiting,
            seenUpTo: held.asOf,
            late,
            sendRestored,
            erasuresSeen,
          })
        },
        async ({ loop }) => {
          requireSeen(seen, await stateOf(loop, data), scope)
          stopFileIn(data).remove(readScope(scope), marksOf(seen, scope))
          const { resumeEvents } = await import('../../stages/resuming.ts')
          await loop.record(
            resumeEvents(loop, {
              scope: readScope(scope),
              late,
              sendRestored,
              erasuresSeen,
              seenUpTo: seen.asOf,
              by: LOCAL_OPERATOR.name,
            }),
          )
          return stateOf(loop, data)
        },
      )
      print({ json }, state, stopText)
    })

const fileOf = ({ stops }: StopState, scope: string) =>
  stops.find((one) => one.origin === 'file' && one.scope === scope)

/** Of the files that were seen. */
const marksOf = ({ stops }: StopState, scope: string): readonly string[] =>
  stops.filter((one) => one.origin === 'file' && one.scope === scope).map(({ mark }) => mark)

/** Between the look and the answer somebody may have raised STOP: that one is not lifted unseen. */
const requireSeen = (seen: StopState, now: StopState, scope: string): void => {
  const added = now.stops.find(
    (one) =>
      one.scope === scope &&
      (one.origin === 'file' ? !marksOf(seen, scope).includes(one.mark) : one.offset > seen.asOf),
  )
  if (added === undefined) return
  throw new Failure({
    code: 'stop.changed',
    message: `STOP was raised again since you looked: ${added.reason}`,
    hint: 'Run windvane resume again.',
  })
}

const agreed = async (): Promise<boolean> => {
  if (!process.stdin.isTTY) return false
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^(?:y|yes|д|да)$/i.test((await lines.question('Resume? [yes/no] ')).trim())
  } finally {
    lines.close()
  }
}

const fact = (loop: Loop, type: string, data: object) => ({
  id: loop.ctx.newId(),
  type,
  key: '',
  at: loop.ctx.now(),
  data,
})

/** The view is loaded only where there is no server to ask: stopping must not wait for it. */
const stateOf = async (loop: Loop, dir: string): Promise<StopState> => {
  const { viewStop } = await import('../../api/views/stop.ts')
  return viewStop(folderSources(loop, dir))
}

const stopText = ({ active, stops, waiting, late, lines, slowly, restored }: StopState): string => {
  if (!active) return 'Nothing is stopped.'
  return [
    ...stops.map(({ scope, reason, by, origin }) => `STOPPED ${scope} by ${by} (${origin}): ${reason}`),
    `${waiting} message(s) wait; ${late} of them are too late by the limits: dropped, or put to a person with --late ask.`,
    ...lines.map((line) => {
      const since = new Date(line.since).toISOString().slice(0, 16)
      return `  ${line.waiting} of ${line.campaignId} by ${line.channel}, ${line.late} late, the first from ${since}`
    }),
    ...(restored === null
      ? []
      : [
          `Restored from the backup of ${new Date(restored.backupAt).toISOString()}: what waits may have been sent before, and is dropped unless you resume with --send-restored.`,
          ...(restored.erasuresUnknown
            ? [
                'Who was erased after that backup is not known here: restore again with --erasures FILE, or erase them and resume with --erasures-seen.',
              ]
            : []),
        ]),
    ...(slowly && restored === null ? ['What waits leaves little by little.'] : []),
  ].join('\n')
}
