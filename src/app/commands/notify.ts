// `windvane notify`: who was told what outside the console, and a test of the ways.

import { Command, Option } from 'commander'
import type { NoticesView, NoticeTest, NoticeView } from '../../api/contract-notices.ts'
import { Failure } from '../../kernel/failure.ts'
import { WAYS } from '../../notice/events.ts'
import { callServer, readCard } from '../control.ts'
import { print, table } from '../output.ts'
import { dataCommand, onEither, requireData, type Common } from './shared.ts'

export const notifyCommand = (): Command => {
  const command = new Command('notify').description('who is told what outside the console, and by which way')
  command.addCommand(listCommand(), { isDefault: true })
  command.addCommand(testCommand())
  return command
}

const listCommand = (): Command =>
  dataCommand('list', 'what people were called for, and what is not certain')
    .option('--all', 'what is over, too', false)
    .action(async ({ data, json, all }: Common & { readonly all: boolean }) => {
      requireData(data)
      const view = await onEither(
        data,
        async (card) => callServer<NoticesView>(card, 'GET', '/api/notices'),
        async ({ loop }) => {
          const { viewNotices } = await import('../notify/notice-desk.ts')
          return viewNotices(loop, null)
        },
      )
      print({ json }, view, (shown) => noticesText(shown, all))
    })

const testCommand = (): Command =>
  dataCommand('test', 'send a test to somebody by one way, through the running server')
    .requiredOption('--to <user>', 'id, name or address of a user')
    .addOption(new Option('--way <way>', 'mail, telegram or webhook').choices([...WAYS]).default('mail'))
    .action(async ({ data, json, to, way }: Common & { readonly to: string; readonly way: string }) => {
      requireData(data)
      const card = readCard(data)
      if (card === null)
        throw new Failure({
          code: 'notify.no_server',
          message: 'No server runs on this folder.',
          hint: 'windvane start',
        })
      const result = await callServer<NoticeTest>(card, 'POST', '/api/notices/test', { user: to, way })
      if (result.outcome !== 'done') process.exitCode = 1
      print({ json }, result, ({ outcome, detail }) =>
        outcome === 'done' ? `It arrived: ${detail}` : `${outcome}: ${detail}`,
      )
    })

const time = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ')

const calledOf = ({ calls, withheld }: NoticeView): string =>
  calls.length === 0
    ? withheld === ''
      ? '—'
      : `nobody (${withheld})`
    : calls.map(({ name, way, status }) => `${name} by ${way}: ${status}`).join(', ')

const noticesText = (view: NoticesView, all: boolean): string => {
  const { now, open, closed, asides, ways, preview, budget, dropped } = view
  const rows = (notices: readonly NoticeView[]) =>
    notices.map((notice) => [
      time(notice.at),
      notice.isUrgent ? 'urgent' : '',
      notice.title.slice(0, 80),
      calledOf(notice),
      notice.over,
    ])
  // What was only to be told stays a day, and what nobody is sure of stays.
  const isShown = ({ at, over, calls }: NoticeView): boolean =>
    all || (over === 'told' && now - at < 86_400_000) || calls.some(({ status }) => status === 'unknown')
  const shown = [...rows(open), ...rows(closed.filter(isShown))]
  return [
    ways.length === 0 ? 'No way is set up, or no server runs.' : `Ways: ${ways.join(', ')}.`,
    shown.length === 0 ? 'Nobody is called for anything.' : table(shown),
    ...(all && asides.length > 0
      ? [
          table(
            asides.map(({ noticeId, call }) => [
              time(call.at),
              noticeId,
              `${call.name} by ${call.way}: ${call.status}`,
              call.detail,
            ]),
          ),
        ]
      : []),
    ...preview.map(
      ({ afterMs, calls }) =>
        `${afterMs === 0 ? 'Urgent now' : `after ${Math.round(afterMs / 60_000)} min`}: ${calls.map(({ name, way, why }) => `${name} by ${way} (${why})`).join(', ')}`,
    ),
    `At most ${budget.perHour} calls of one person an hour, ${budget.perDay} a day.`,
    ...(dropped > 0 ? [`${dropped} were not kept, since too many were open.`] : []),
  ].join('\n')
}
