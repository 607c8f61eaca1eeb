// Telegram's Bot API for tests, with its wire format: methods under /bot<token>/, answers as {ok, result}, updates by
// long polling.

import { startHttpSink, type Reply } from '../../src/app/notify/testing/http-sink.ts'
import { closeAtEnd } from './serving.ts'

export const TELEGRAM_TOKEN = '1234567:AAH-a-token-that-nobody-may-see'

type Sent = {
  readonly chat_id: number
  readonly text: string
  readonly reply_markup?: {
    readonly inline_keyboard?: readonly (readonly {
      readonly text: string
      readonly callback_data: string
    }[])[]
    readonly force_reply?: boolean
  }
}

export type FakeTelegram = {
  /** For the `notify` section of the settings. */
  readonly settings: object
  readonly sent: Sent[]
  /** Alerts shown to who pressed a button. */
  readonly alerts: string[]
  /** Of each message that was asked to be sent; undefined: it is taken. */
  fault: (sent: Sent) => Reply | undefined
  /** Somebody writes to the bot. */
  readonly write: (from: number, text: string, more?: object) => void
  readonly press: (from: number, data: string) => void
}

export const startTelegram = async (): Promise<FakeTelegram> => {
  const sink = await startHttpSink()
  closeAtEnd(sink.close)
  const updates: { readonly update_id: number }[] = []
  const person = (id: number) => ({ id, is_bot: false, first_name: `Person ${id}` })
  let count = 0
  let wake: (() => void) | undefined
  const come = (update: object): void => {
    updates.push({ update_id: ++count, ...update })
    wake?.()
  }
  const good = (result: unknown): Reply => ({ status: 200, body: JSON.stringify({ ok: true, result }) })
  const bot: FakeTelegram = {
    settings: {
      telegramToken: TELEGRAM_TOKEN,
      telegramApi: sink.url,
      telegramHostsAllowed: ['127.0.0.1'],
    },
    sent: [],
    alerts: [],
    fault: () => undefined,
    write: (from, text, more = {}) =>
      come({
        message: {
          message_id: count + 1,
          from: person(from),
          chat: { id: from, type: 'private', first_name: `Person ${from}` },
          date: 1_780_000_000,
          text,
          ...more,
        },
      }),
    press: (from, data) =>
      come({
        callback_query: {
          id: String(9_000 + count),
          from: person(from),
          chat_instance: '1',
          message: { message_id: 1, chat: { id: from, type: 'private' } },
          data,
        },
      }),
  }
  const answers: Readonly<Record<string, (body: Record<string, unknown>) => Reply | Promise<Reply>>> = {
    getMe: () => good({ id: 1_234_567, is_bot: true, first_name: 'Shop', username: 'shop_bot' }),
    getUpdates: async ({ offset }) => {
      const fresh = () => updates.filter(({ update_id: id }) => id >= Number(offset))
      if (fresh().length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve
          setTimeout(resolve, 2_000).unref()
        })
      return good(fresh())
    },
    sendMessage: (body) => {
      const sent = body as unknown as Sent
      const fault = bot.fault(sent)
      if (typeof fault === 'object' && fault.status !== 200) return fault
      bot.sent.push(sent)
      return fault ?? good({ message_id: bot.sent.length, chat: { id: sent.chat_id }, text: sent.text })
    },
    answerCallbackQuery: ({ text }) => {
      bot.alerts.push(String(text))
      return good(true)
    },
  }
  sink.reply = async ({ path, body }) => {
    const method = path.startsWith(`/bot${TELEGRAM_TOKEN}/`) ? (path.split('/').at(-1) ?? '') : ''
    const answer = answers[method]
    if (answer === undefined)
      return {
        status: 401,
        body: JSON.stringify({ ok: false, error_code: 401, description: 'Unauthorized' }),
      }
    return answer(JSON.parse(body) as Record<string, unknown>)
  }
  return bot
}
