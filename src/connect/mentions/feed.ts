// RSS 2.0, RSS 1.0 and Atom (RFC 4287). Entities are decoded by the parser; markup inside is left for whoever reads
// the text for meaning.

import { Parser } from 'htmlparser2'
import { Failure } from '../../kernel/failure.ts'
import { ITEMS_MAX, rawMention, type RawMention } from './raw-mention.ts'

type Entry = Record<'id' | 'title' | 'text' | 'author' | 'url' | 'at', string>

const FIELDS: Readonly<Record<string, keyof Entry>> = {
  guid: 'id',
  id: 'id',
  title: 'title',
  description: 'text',
  summary: 'text',
  content: 'text',
  'content:encoded': 'text',
  author: 'author',
  name: 'author',
  'dc:creator': 'author',
  link: 'url',
  pubdate: 'at',
  published: 'at',
  updated: 'at',
  'dc:date': 'at',
}

/** Items of a feed, in its order. Throws Failure `mentions.format` when it is none. */
export const readFeed = (xml: string, now: number): readonly RawMention[] => {
  const entries: Entry[] = []
  let isFeed = false
  let entry: Entry | null = null
  let field: keyof Entry | null = null
  let depth = 0
  const parser = new Parser(
    {
      onopentag: (tag, attributes) => {
        const name = tag.toLowerCase()
        if (name === 'rss' || name === 'feed' || name === 'rdf:rdf') isFeed = true
        if (name === 'item' || name === 'entry') {
          entry = { id: '', title: '', text: '', author: '', url: '', at: '' }
          depth = 0
          return
        }
        if (entry === null) return
        depth++
        const wanted = FIELDS[name]
        // `author` of Atom holds a `name`; what stands deeper belongs to something else.
        if (wanted === undefined || depth > (name === 'name' ? 2 : 1)) return
        if (name === 'link' && (attributes['rel'] ?? 'alternate') === 'alternate')
          entry.url ||= attributes['href'] ?? ''
        field = wanted
      },
      ontext: (text) => {
        if (entry !== null && field !== null && entry[field].length < 200_000) entry[field] += text
      },
      onclosetag: (tag) => {
        const name = tag.toLowerCase()
        if (name === 'item' || name === 'entry') {
          if (entry !== null && entries.length < ITEMS_MAX) entries.push(entry)
          entry = null
        } else if (entry !== null) depth--
        field = null
      },
    },
    { xmlMode: true, decodeEntities: true },
  )
  parser.end(xml)
  if (!isFeed)
    throw new Failure({
      code: 'mentions.format',
      message: 'The answer is neither RSS nor Atom.',
      hint: 'Look at the address in a browser: it may be a page, not a feed.',
    })
  return entries.flatMap(({ id, title, text, author, url, at }) => {
    const link = url.trim()
    const read = rawMention(
      {
        id: id.trim() || link || `${title.trim()} ${at.trim()}`,
        at: at.trim(),
        author,
        url: link,
        text: [title.trim(), text.trim()].filter((part) => part !== '').join('\n'),
      },
      now,
    )
    return read === null ? [] : [read]
  })
}
