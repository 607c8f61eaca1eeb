// Runs in a worker that is killed when it takes too long: renders compiled creatives, makes the HTML
// safe and the plain text, and leaves a mark where each link goes, since it holds no key to sign them.

import type { Template } from 'liquidjs'
import { messageOf } from '../../kernel/failure.ts'
import type { Json } from '../../kernel/json.ts'
import { sanitizeHtml } from '../html.ts'
import type { CompiledContent } from '../templates.ts'
import { textFromHtml } from '../text-from-html.ts'
import { answerJobs, cpuMs } from './answer-jobs.ts'
import { createLiquid, type RenderScope } from './liquid-engine.ts'

export type RenderJob = {
  /** Names the content; it is sent along only the first time. */
  readonly key: string
  readonly content?: CompiledContent
  /** The variables as JSON: one text crosses to another thread far cheaper than what it is made of. */
  readonly vars: string
  readonly now: number
  /** Beginning of each mark; nobody outside can guess it. */
  readonly mark: string
  /** Addresses that begin so are ours already. */
  readonly own: readonly string[]
  readonly outputLengthMax: number
}

export type RenderReply =
  | {
      readonly kind: 'email'
      readonly subject: string
      readonly html: string
      readonly text: string
      readonly links: readonly string[]
    }
  | { readonly kind: 'json'; readonly body: Json; readonly links: readonly string[] }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }

type Parsed =
  | {
      readonly kind: 'email'
      readonly subject: Template[]
      readonly html: Template[]
      readonly text: Template[] | null
    }
  | { readonly kind: 'json'; readonly body: ParsedJson }
type ParsedJson =
  | { readonly template: Template[] }
  | { readonly list: readonly ParsedJson[] }
  | { readonly fields: readonly (readonly [string, ParsedJson])[] }
  | { readonly value: Json }

type Vars = Readonly<Record<string, Json>>
type JsonJob = Pick<RenderJob, 'outputLengthMax'> & { readonly vars: Vars }

const PARSED_MAX = 100
const LINKS_MAX = 500

// Liquid's time limit counts what a template works, not how long the machine kept this thread waiting.
Object.defineProperty(globalThis, 'performance', { value: { now: cpuMs } })

let links: string[] = []
let mark = ''
const scope: RenderScope = {
  now: 0,
  track: (url) => {
    if (!/^https?:\/\/[^\s]+$/i.test(url)) return ''
    if (links.length >= LINKS_MAX) return url
    links.push(url)
    return `${mark}${links.length - 1}.`
  },
}
const html = createLiquid('html', scope)
const text = createLiquid('text', scope)
const parsed = new Map<string, Parsed>()

const render = (job: RenderJob): RenderReply => {
  links = []
  mark = job.mark
  scope.now = job.now
  try {
    const templates = templatesOf(job)
    const vars = JSON.parse(job.vars) as Vars
    if (templates.kind === 'json')
      return { kind: 'json', body: renderJson(templates.body, { ...job, vars }), links }
    const page = sanitizeHtml(bounded(html.renderSync(templates.html, vars), job), {
      link: scope.track,
      own: [...job.own, job.mark],
    })
    return {
      kind: 'email',
      subject: oneLine(bounded(text.renderSync(templates.subject, vars), job)),
      html: page,
      text:
        templates.text === null ? textFromHtml(page) : bounded(text.renderSync(templates.text, vars), job),
      links,
    }
  } catch (error) {
    // Whatever a template breaks with, it is the template's failure.
    return { kind: 'failed', code: 'render.failed', message: messageOf(error).slice(0, 500) }
  }
}

const templatesOf = ({ key, content }: RenderJob): Parsed => {
  const known = parsed.get(key)
  if (known !== undefined) return known
  if (content === undefined) throw new RangeError('the content did not come along')
  const made: Parsed =
    content.kind === 'json'
      ? { kind: 'json', body: parseJson(content.body) }
      : {
          kind: 'email',
          subject: text.parse(content.subject),
          html: html.parse(content.html),
          text: content.text === null ? null : text.parse(content.text),
        }
  if (parsed.size >= PARSED_MAX) parsed.clear()
  parsed.set(key, made)
  return made
}

const parseJson = (value: Json): ParsedJson => {
  if (typeof value === 'string') return value.includes('{') ? { template: text.parse(value) } : { value }
  if (Array.isArray(value)) return { list: value.map(parseJson) }
  if (value === null || typeof value !== 'object') return { value }
  return { fields: Object.entries(value).map(([name, part]) => [name, parseJson(part)] as const) }
}

const renderJson = (part: ParsedJson, job: JsonJob): Json => {
  if ('template' in part) return bounded(text.renderSync(part.template, job.vars), job)
  if ('list' in part) return part.list.map((item) => renderJson(item, job))
  if ('fields' in part)
    return Object.fromEntries(part.fields.map(([name, item]) => [name, renderJson(item, job)]))
  return part.value
}

const bounded = (rendered: unknown, { outputLengthMax }: Pick<RenderJob, 'outputLengthMax'>): string => {
  const output = String(rendered)
  if (output.length > outputLengthMax)
    throw new RangeError(`${output.length} characters, more than ${outputLengthMax}`)
  return output
}

const oneLine = (subject: string): string => subject.replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ').trim()

answerJobs(render)
