// Reads server-sent events out of a byte stream (WHATWG HTML, 9.2.6), for a fetch that carries the key
// in a header, which EventSource cannot do.

export type ServerEvent = { readonly event: string; readonly data: string }

/** Longest event kept; a longer one is dropped whole. */
const EVENT_CHARS_MAX = 4_000_000

/**
 * A parser that is fed text as it comes, cut anywhere, and returns the events that are complete.
 *
 * @example createEventParser()('event: brief\ndata: {}\n\n') // [{ event: 'brief', data: '{}' }]
 */
export function createEventParser(): (chunk: string) => readonly ServerEvent[] {
  let rest = ''
  let event = ''
  let data: string[] = []
  let length = 0
  return (chunk) => {
    rest += chunk
    const events: ServerEvent[] = []
    // A lone CR at the end may be half of a CRLF: it waits for the next piece.
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0 && length <= EVENT_CHARS_MAX)
          events.push({ event: event || 'message', data: data.join('\n') })
        event = ''
        data = []
        length = 0
      } else if (line.startsWith('data:')) {
        length += line.length
        if (length <= EVENT_CHARS_MAX) data.push(afterColon(line, 5))
      } else if (line.startsWith('event:')) event = afterColon(line, 6)
    }
    return events
  }
}

function afterColon(line: string, length: number): string {
  return line.slice(line[length] === ' ' ? length + 1 : length)
}
