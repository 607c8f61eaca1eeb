// What is wrong, or might be, with a creative that has been compiled: said before it can reach anyone.

import { didYouMean, problem, type Problem } from '../kernel/problem.ts'
import type { CreativeSpec } from './events.ts'
import { sanitizeHtml } from './html.ts'
import { KNOWN_VARIABLES, type CompiledContent } from './templates.ts'
import { textFromHtml } from './text-from-html.ts'

export type CompiledPart = {
  readonly locale: string
  readonly content: CompiledContent | null
  readonly faults: readonly { readonly path: string; readonly message: string }[]
  readonly variables: readonly (readonly string[])[]
}

/** Mail programs cut what is longer (Gmail at 102 KB). */
const HTML_LENGTH_MAX = 100_000
const SUBJECT_LENGTH_MAX = 200

/** Problems of a creative, by language and part: `ru.subject`. [] = nothing to say. */
export const lintCompiled = (creative: CreativeSpec, parts: readonly CompiledPart[]): readonly Problem[] => {
  if (parts.length === 0) return [problem('', 'there is no content', 'add a language: `en: { … }`')]
  return parts.flatMap(({ locale, content, faults, variables }) => [
    ...faults.map(({ path, message }) =>
      problem(
        `${locale}.${path === 'mjml' ? 'body' : path}`,
        message,
        path === 'mjml' ? 'MJML takes it as far as it can; put it right' : '',
      ),
    ),
    ...variables.flatMap((path) => unknownVariable(locale, path)),
    ...(content?.kind === 'email' && creative.channel === 'email' ? lintEmail(locale, content) : []),
  ])
}

const unknownVariable = (locale: string, [root = '', field]: readonly string[]): readonly Problem[] => {
  const fields = Object.hasOwn(KNOWN_VARIABLES, root) ? KNOWN_VARIABLES[root] : undefined
  if (fields === undefined)
    return [
      problem(locale, `{{ ${root} }} is not a variable`, didYouMean(root, Object.keys(KNOWN_VARIABLES))),
    ]
  if (fields === null || field === undefined || fields.includes(field)) return []
  return [problem(locale, `{{ ${root}.${field} }} is not a variable`, didYouMean(field, fields))]
}

const lintEmail = (
  locale: string,
  { subject, html, text }: Extract<CompiledContent, { kind: 'email' }>,
): readonly Problem[] => {
  const problems: Problem[] = []
  if (subject.trim() === '') problems.push(problem(`${locale}.subject`, 'the subject is empty'))
  if (subject.length > SUBJECT_LENGTH_MAX)
    problems.push(problem(`${locale}.subject`, `the subject is longer than ${SUBJECT_LENGTH_MAX} characters`))
  if (!/\{\{-?\s*links\.unsubscribe\b/.test(html))
    problems.push(
      problem(
        `${locale}.body`,
        'there is no way to unsubscribe',
        'add <a href="{{ links.unsubscribe }}">…</a> here or to sender.footer',
      ),
    )
  if (html.length > HTML_LENGTH_MAX)
    problems.push(
      problem(
        `${locale}.body`,
        `${html.length} characters of HTML: mail programs cut off what is over ${HTML_LENGTH_MAX}`,
      ),
    )
  const safe = sanitizeHtml(html, { link: (url) => url, own: ['{{', 'wv'] })
  if (text === null && textFromHtml(safe).length < TEXT_LENGTH_MIN)
    problems.push(
      problem(
        `${locale}.body`,
        'there is hardly any text: pictures alone are not shown to all',
        'add words, or `text:`',
      ),
    )
  if (/<script|\son\w+\s*=|javascript:/i.test(html))
    problems.push(
      problem(`${locale}.body`, 'scripts and event handlers are taken out', 'mail programs do not run them'),
    )
  return problems
}

const TEXT_LENGTH_MIN = 20
