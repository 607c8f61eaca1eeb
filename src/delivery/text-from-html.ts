// The plain-text alternative of an HTML mail that brings none: words, line breaks, and links with their
// address beside them. Reads only what `sanitizeHtml` wrote, where a tag ends at the first `>`.

import { decodeEntities } from './entities.ts'

const BREAKS = /^\/?(?:p|div|table|tr|h[1-6]|ul|ol|blockquote|section|article|header|footer|center|br|hr)$/

/**
 * Readable text of sanitised HTML; at most two line breaks together, no blanks at the edges.
 * @example textFromHtml('<p>Hello <a href="https://a.example">you</a></p>') === 'Hello you (https://a.example)' // true
 */
export const textFromHtml = (html: string): string => {
  const body = html
    .replace(/<!--\[if (?:mso|gte|lte|gt|lt|IE)[^\]]*\]>(?!<!-->)[\s\S]*?<!\[endif\]-->/gi, '')
    .replace(/<!--[\s\S]*?-->|<!\[[^\]>]*\]>|<!doctype[^>]*>/gi, '')
    .replace(/<(head|style|title)[^>]*>[\s\S]*?<\/\1>/gi, '')
  const out: string[] = []
  let href = ''
  let linkText = ''
  for (const [, text = '', tag = ''] of body.matchAll(/([^<]*)(<[^>]*>|$)/g)) {
    const words = text.replace(/[ \t\r\n]+/g, ' ')
    out.push(words)
    if (href !== '') linkText += words
    const name = /^<(\/?[a-z0-9]+)/i.exec(tag)?.[1]?.toLowerCase() ?? ''
    if (name === 'a') {
      href = /\shref="([^"#][^"]*)"/.exec(tag)?.[1] ?? ''
      linkText = ''
    } else if (name === '/a') {
      if (href !== '' && linkText.trim() !== href) out.push(linkText.trim() === '' ? href : ` (${href})`)
      href = ''
    } else if (name === 'li') out.push('\n- ')
    else if (name === 'td' || name === 'th') out.push(' ')
    else if (name === 'img') {
      const alt = /\salt="([^"]+)"/.exec(tag)?.[1] ?? ''
      out.push(alt)
      linkText += alt
    } else if (BREAKS.test(name)) out.push(name === 'br' ? '\n' : '\n\n')
  }
  return decodeEntities(out.join(''))
    .replace(/[ \t\u00a0]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
