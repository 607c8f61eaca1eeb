// The page behind an unsubscribe link: says what will happen and has one button. No scripts; opening it
// changes nothing, pressing the button posts.

import { escapeHtml } from './entities.ts'

type Words = {
  readonly title: string
  readonly ask: string
  readonly button: string
  readonly done: string
  readonly note: string
  readonly broken: string
}

const WORDS: Readonly<Record<'en' | 'ru', Words>> = {
  en: {
    title: 'Unsubscribe',
    ask: 'You will get no more marketing messages from us at this address.',
    button: 'Unsubscribe',
    done: 'Done. You will get no more marketing messages from us at this address.',
    note: 'Messages about your orders still reach you.',
    broken: 'This link is incomplete or too old. Please open it from the message again.',
  },
  ru: {
    title: 'Отписка',
    ask: 'Вы больше не будете получать от нас рекламные сообщения на этот адрес.',
    button: 'Отписаться',
    done: 'Готово. Вы больше не будете получать от нас рекламные сообщения на этот адрес.',
    note: 'Сообщения о ваших заказах по-прежнему будут приходить.',
    broken: 'Ссылка неполная или устарела. Откройте её из письма ещё раз.',
  },
}

const STYLE =
  ':root{color-scheme:light dark}body{font:17px/1.5 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;place-items:center}main{max-width:32rem;padding:2rem}h1{font-size:1.5rem;margin:0 0 1rem}button{font:inherit;padding:.75rem 1.5rem;min-height:44px;border:0;border-radius:6px;background:#1d4ed8;color:#fff;cursor:pointer}button:focus-visible{outline:3px solid currentColor;outline-offset:3px}p.note{opacity:.8;font-size:.9rem}'

/** SHA-256 of the page's one style element, as a Content-Security-Policy spells it. */
const STYLE_HASH = 'sha256-EC7FvJRROGK1PjOGfQrZl/pZJN1+a0myc9iHxPoglFs='

/** Send it with the page: nothing runs, nothing loads, the form goes nowhere but here. */
export const UNSUBSCRIBE_PAGE_CSP = `default-src 'none'; style-src '${STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`

export type UnsubscribePage = {
  /** BCP 47; Russian for `ru…`, else English. */
  readonly locale: string
  /** Of the link; '' shows that it cannot be read. */
  readonly token: string
  readonly done: boolean
  /** Where the form posts; default: the page's own address. */
  readonly action?: string
}

/** A whole HTML page, about 1.5 KB. */
export const unsubscribePage = ({ locale, token, done, action }: UnsubscribePage): string => {
  const language = locale.toLowerCase().startsWith('ru') ? 'ru' : 'en'
  const words = WORDS[language]
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><title>${words.title}</title><style>${STYLE}</style></head>
<body><main><h1>${words.title}</h1>
${bodyOf(words, { token, done, action: action ?? '' })}
</main></body></html>
`
}

const bodyOf = (
  words: Words,
  { token, done, action }: { readonly token: string; readonly done: boolean; readonly action: string },
): string => {
  if (token === '') return `<p role="alert">${words.broken}</p>`
  if (done) return `<p role="status">${words.done}</p><p class="note">${words.note}</p>`
  const target = action === '' ? '' : ` action="${escapeHtml(action)}"`
  return `<p>${words.ask}</p><form method="post"${target}><button type="submit">${words.button}</button></form><p class="note">${words.note}</p>`
}
