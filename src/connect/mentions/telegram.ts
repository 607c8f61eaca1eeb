// The public page of a Telegram channel (`https://t.me/s/<channel>`): messages with their number, author and time. No
// account and no key; what a page shows is what is read.

import { Parser } from 'htmlparser2'
import { Failure } from '../../kernel/failure.ts'
import { ITEMS_MAX, rawMention, type RawMention } from './raw-mention.ts'

type Post = { id: string; author: string; at: string; text: string }

const VOID = new Set(['br', 'img', 'i', 'hr', 'input', 'meta', 'link', 'source', 'wbr'])

/** Messages of a channel's page, in its order. Throws Failure `mentions.format` when it is no such page. */
export const readTelegram = (html: string, now: number): readonly RawMention[] => {
  const posts: Post[] = []
  let post: Post | null = null
  let isChannel = false
  /** Depth at which what is being read began; 0 = nothing. */
  let textDepth = 0
  let authorDepth = 0
  let depth = 0
  const parser = new Parser({
    onopentag: (name, attributes) => {
      const names = ` ${attributes['class'] ?? ''} `
      if (names.includes(' tgme_channel_info ') || names.includes(' tgme_page ')) isChannel = true
      if (!VOID.has(name)) depth++
      const number = attributes['data-post']
      if (number !== undefined && names.includes(' tgme_widget_message ')) {
        isChannel = true
        post = { id: number, author: '', at: '', text: '' }
        if (posts.length < ITEMS_MAX) posts.push(post)
      }
      if (post === null) return
      if (name === 'br' && textDepth > 0) post.text += '\n'
      if (name === 'time' && post.at === '') post.at = attributes['datetime'] ?? ''
      // A quoted message has the same class inside another one.
      if (textDepth === 0 && names.includes(' tgme_widget_message_text ') && !names.includes('reply'))
        textDepth = depth
      if (authorDepth === 0 && names.includes(' tgme_widget_message_owner_name ')) authorDepth = depth
    },
    ontext: (text) => {
      if (post === null) return
      if (textDepth > 0) post.text += text
      if (authorDepth > 0) post.author += text
    },
    onclosetag: (name) => {
      if (VOID.has(name)) return
      if (depth === textDepth) textDepth = 0
      if (depth === authorDepth) authorDepth = 0
      depth--
    },
  })
  parser.end(html)
  if (!isChannel)
    throw new Failure({
      code: 'mentions.format',
      message: 'The answer is not the page of a public channel.',
      hint: 'Open https://t.me/s/<channel> in a browser: private channels have no such page.',
    })
  return posts.flatMap(({ id, author, at, text }) => {
    const read = rawMention({ id, at, author, url: `https://t.me/${id}`, text }, now)
    return read === null ? [] : [read]
  })
}
