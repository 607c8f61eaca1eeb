// Notices by Telegram, to people who have connected their account; and the wheel that asks for what they answer.

import { setTimeout as sleep } from 'node:timers/promises'
import { Failure, isFailure } from '../../kernel/failure.ts'
import { isRecord } from '../../kernel/json.ts'
import type { Letter, Way } from '../../stages/notifying.ts'
import { POLL_SECONDS, textIn, type TelegramCall } from './telegram-api.ts'
import type { TelegramWords } from './telegram-words.ts'

const TEXT_MAX = 3_500
const TROUBLE_MS = 5_000
/** Buttons hold 64 bytes at most. */
const VERSION_LENGTH = 12

export const createTelegramWay = ({
  call,
  chatOf,
  words,
}: {
  readonly call: TelegramCall
  readonly chatOf: (userId: string) => string
  readonly words: () => TelegramWords
}): Way => ({
  name: 'telegram',
  tell: async (letter, userId) => {
    const chat = chatOf(userId)
    if (chat === '')
      throw new Failure({ code: 'notify.no_chat', message: 'No account in Telegram is connected.' })
    const { title, lines, url } = letter
    // Text, never markup: whatever it was made of stays words.
    const sent = await call('sendMessage', {
      chat_id: Number(chat),
      text: [title, '', ...lines, '', url].join('\n').slice(0, TEXT_MAX),
      link_preview_options: { is_disabled: true },
      reply_markup: { inline_keyboard: buttonsOf(letter, words()) },
    })
    return `message ${isRecord(sent) ? Number(sent['message_id']) : ''}`.trim()
  },
  close: async () => undefined,
})

const buttonsOf = ({ proposal, asks, noticeId }: Letter, words: TelegramWords) => {
  if (proposal !== null) {
    const { proposalId, seenUpTo, version } = proposal
    return [
      [
        {
          text: words.approve,
          callback_data: `a:${proposalId}:${seenUpTo}:${version.slice(0, VERSION_LENGTH)}`,
        },
        { text: words.reject, callback_data: `r:${proposalId}` },
        { text: words.snooze, callback_data: `s:${proposalId}` },
      ],
    ]
  }
  return asks ? [[{ text: words.mine, callback_data: `m:${noticeId}` }]] : []
}

/** Asks for updates until stopped; each is taken once as long as this process lives. */
export const startTelegramPolling = ({
  call,
  take,
  isPaused,
  onBot,
  report,
}: {
  readonly call: TelegramCall
  readonly take: (update: unknown) => Promise<void>
  /** While this holds somebody else may be asking. */
  readonly isPaused: () => boolean
  readonly onBot: (name: string) => void
  readonly report: (error: unknown, where: string) => void
}) => {
  const stopping = new AbortController()
  const { signal } = stopping
  const pause = async (ms: number): Promise<void> => {
    // Cut short by `stop`.
    await sleep(ms, undefined, { signal }).catch(() => undefined)
  }
  let offset = 0
  let isKnown = false
  const askOnce = async (): Promise<void> => {
    if (!isKnown) {
      const me = await call('getMe', {}, signal)
      onBot(isRecord(me) ? textIn(me['username']) : '')
      isKnown = true
    }
    const updates = await call(
      'getUpdates',
      { offset, timeout: POLL_SECONDS, allowed_updates: ['callback_query', 'message'] },
      signal,
    )
    for (const update of Array.isArray(updates) ? (updates as readonly unknown[]) : []) {
      if (isRecord(update)) offset = Math.max(offset, Number(update['update_id']) + 1)
      // One that cannot be taken holds up no other.
      await take(update).catch((error: unknown) => report(error, 'telegram'))
    }
  }
  const run = async (): Promise<void> => {
    let isTroubled = false
    while (!signal.aborted) {
      if (isPaused()) {
        await pause(TROUBLE_MS)
        continue
      }
      try {
        await askOnce()
        isTroubled = false
      } catch (error) {
        if (signal.aborted) return
        // Telegram does not answer: told once, asked again.
        if (!isTroubled) report(error, 'telegram')
        isTroubled = true
        await pause(isFailure(error) ? (error.retryAfterMs ?? TROUBLE_MS) : TROUBLE_MS)
      }
    }
  }
  const done = run()
  return {
    stop: async (): Promise<void> => {
      stopping.abort()
      await done
    },
  }
}
