// Runs in a worker of its own: turns a creative as written (MJML or HTML, Liquid inside) into what is
// rendered for each message, and says what is wrong with it. MJML is slow, hence once per version.

import type { Template } from 'liquidjs'
import { messageOf } from '../../kernel/failure.ts'
import type { Json } from '../../kernel/json.ts'
import type { CompiledContent } from '../templates.ts'
import { answerJobs } from './answer-jobs.ts'
import { createLiquid } from './liquid-engine.ts'

export type CompileJob =
  | {
      readonly kind: 'email'
      readonly subject: string
      readonly body: string
      readonly text: string | null
      readonly footer: string
    }
  | { readonly kind: 'json'; readonly body: Json }

export type CompileReply = {
  /** null when it cannot be rendered at all. */
  readonly content: CompiledContent | null
  readonly faults: readonly { readonly path: string; readonly message: string }[]
  /** Variables read from outside, as paths: `['profile', 'traits', 'name']`. */
  readonly variables: readonly (readonly string[])[]
}

type Fault = CompileReply['faults'][number]

const scope = { now: 0, track: (url: string) => url }
const html = createLiquid('html', scope)
const text = createLiquid('text', scope)
const VARIABLES_MAX = 200

const compile = async (job: CompileJob): Promise<CompileReply> => {
  const faults: Fault[] = []
  const variables = new Map<string, readonly string[]>()
  const check = (path: string, source: string, engine = text): void => {
    try {
      note(variables, engine.parse(source))
    } catch (error) {
      faults.push({ path, message: messageOf(error).slice(0, 500) })
    }
  }
  const content =
    job.kind === 'json' ? compileJson(job.body, check) : await compileEmail(job, { faults, check })
  const broken = faults.some(({ path }) => path !== 'mjml')
  return { content: broken ? null : content, faults, variables: [...variables.values()] }
}

type Check = (path: string, source: string, engine?: typeof html) => void

const compileJson = (body: Json, check: Check): CompiledContent => {
  const walk = (value: Json, path: string): void => {
    if (typeof value === 'string') check(path, value)
    else if (Array.isArray(value)) value.forEach((item, index) => walk(item, `${path}[${index}]`))
    else if (value !== null && typeof value === 'object')
      for (const [key, part] of Object.entries(value)) walk(part, path === '' ? key : `${path}.${key}`)
  }
  walk(body, '')
  return { kind: 'json', body }
}

const compileEmail = async (
  job: Extract<CompileJob, { kind: 'email' }>,
  { faults, check }: { readonly faults: Fault[]; readonly check: Check },
): Promise<CompiledContent> => {
  const page = /^\s*(?:<!--[\s\S]*?-->\s*)?<mjml[\s>]/.test(job.body)
    ? await fromMjml(job.body, faults)
    : wholePage(job.body)
  const body = withFooter(page, job.footer)
  check('subject', job.subject)
  check('body', body, html)
  if (job.text !== null) check('text', job.text)
  return { kind: 'email', subject: job.subject, html: body, text: job.text }
}

/**
 * MJML to HTML with the Liquid in it untouched: each tag travels as a word that MJML takes for text. A
 * tag that stands where MJML drops text is named, since it would be lost.
 */
const fromMjml = async (source: string, faults: Fault[]): Promise<string> => {
  if (/<\s*mj-include/i.test(source)) {
    faults.push({ path: 'body', message: '<mj-include> is not allowed: a creative is one piece' })
    return ''
  }
  const tags: string[] = []
  // Loading it takes many times as long as all else in here: only who writes MJML waits for it.
  const { default: mjml2html } = await import('mjml')
  const guarded = source.replace(/\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g, (tag) => `lqd${tags.push(tag) - 1}lqd`)
  try {
    const result = await mjml2html(guarded, {
      validationLevel: 'soft',
      ignoreIncludes: true,
      keepComments: false,
    })
    const restore = (compiled: string): string =>
      compiled.replace(/lqd(\d+)lqd/g, (word, index: string) => tags[Number(index)] ?? word)
    for (const { line, message, tagName } of result.errors)
      faults.push({ path: 'mjml', message: `line ${line}, <${tagName}>: ${restore(message)}` })
    tags.forEach((tag, index) => {
      if (!result.html.includes(`lqd${index}lqd`))
        faults.push({
          path: 'body',
          message: `${tag} stands where MJML takes no text: put it inside <mj-raw> or into an element`,
        })
    })
    return restore(result.html)
  } catch (error) {
    faults.push({ path: 'body', message: `MJML: ${messageOf(error).slice(0, 500)}` })
    return ''
  }
}

const wholePage = (body: string): string =>
  /<html[\s>]/i.test(body)
    ? body
    : `<!doctype html><html><head><meta charset="utf-8"></head><body>${body}</body></html>`

const withFooter = (page: string, footer: string): string => {
  if (footer.trim() === '') return page
  const block = `<div style="padding:16px;font-size:12px;line-height:1.5;color:#666666;text-align:center">${footer}</div>`
  const end = Math.max(page.lastIndexOf('</body'), page.lastIndexOf('</BODY'))
  return end < 0 ? page + block : page.slice(0, end) + block + page.slice(end)
}

const note = (variables: Map<string, readonly string[]>, templates: Template[]): void => {
  for (const path of text.globalVariableSegmentsSync(templates)) {
    const steps = path.map((step) =>
      typeof step === 'string' || typeof step === 'number' ? String(step) : '*',
    )
    if (variables.size < VARIABLES_MAX) variables.set(steps.join('.'), steps)
  }
}

answerJobs(compile)
