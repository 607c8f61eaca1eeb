// Server-sent events for the console: the brief about once a second, and decisions as they happen,
// thinned to what an eye can follow. A slow reader is dropped, never waited for.

import type { ServerResponse } from 'node:http'
import type { Brief, DecisionRow, StreamEvent } from './contract.ts'
import { withoutName } from './views/person.ts'

const BRIEF_EVERY_MS = 1_000
const DECISIONS_PER_SECOND_MAX = 4
const CLIENTS_MAX = 50
const BUFFERED_BYTES_MAX = 1_000_000

export type Language = 'en' | 'ru'

export type Reader = {
  readonly language: Language
  /** Whether names of people may be shown. */
  readonly names: boolean
  /** Whether they may still read: a session ended elsewhere ends its stream. */
  readonly stands: () => boolean
}

export type Stream = {
  /** Takes over the response; false when there are too many readers. */
  readonly join: (response: ServerResponse, reader: Reader) => boolean
  readonly close: () => void
}

export type StreamSources = {
  readonly brief: (language: Language) => Brief
  /** The newest decisions after `after` (a log offset), newest last, and the offset to go on from. */
  readonly decisionsAfter: (
    after: number,
    limit: number,
    language: Language,
  ) => Promise<{ readonly rows: readonly DecisionRow[]; readonly offset: number }>
  readonly offset: () => number
  readonly report: (error: unknown, where: string) => void
}

export const createStream = (sources: StreamSources): Stream => {
  const clients = new Map<ServerResponse, Reader>()
  let after = sources.offset()
  let busy = false

  const send = (response: ServerResponse, event: StreamEvent): void => {
    if (response.writableLength > BUFFERED_BYTES_MAX) {
      response.destroy()
      return
    }
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  }

  const beat = async (): Promise<void> => {
    if (clients.size === 0) {
      after = sources.offset()
      return
    }
    for (const [response, { stands }] of clients)
      if (!stands()) {
        clients.delete(response)
        response.end()
      }
    let next = after
    for (const language of new Set([...clients.values()].map((reader) => reader.language))) {
      const brief = sources.brief(language)
      for (const [response, reader] of clients)
        if (reader.language === language) send(response, { type: 'brief', brief })
      const { rows, offset } = await sources.decisionsAfter(after, DECISIONS_PER_SECOND_MAX, language)
      next = offset
      for (const [response, reader] of clients)
        if (reader.language === language)
          for (const row of rows)
            send(response, { type: 'decision', decision: reader.names ? row : withoutName(row) })
    }
    after = next
  }

  const timer = setInterval(() => {
    if (busy) return
    busy = true
    beat()
      .catch((error: unknown) => sources.report(error, 'stream'))
      .finally(() => {
        busy = false
      })
  }, BRIEF_EVERY_MS)
  timer.unref()

  return {
    join: (response, reader) => {
      if (clients.size >= CLIENTS_MAX) return false
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
        connection: 'keep-alive',
      })
      clients.set(response, reader)
      response.on('close', () => clients.delete(response))
      send(response, { type: 'brief', brief: sources.brief(reader.language) })
      return true
    },
    close: () => {
      clearInterval(timer)
      for (const response of clients.keys()) response.end()
      clients.clear()
    },
  }
}
