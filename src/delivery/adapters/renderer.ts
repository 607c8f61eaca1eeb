// Renders creatives for one person at a time in killable workers, and compiles them once per version.
// Nothing a template does can hold up the serving thread or reach beyond its variables.

import { createHash, randomBytes } from 'node:crypto'
import { Failure } from '../../kernel/failure.ts'
import { canonicalJson, type Json } from '../../kernel/json.ts'
import type { Problem } from '../../kernel/problem.ts'
import { escapeAttribute } from '../entities.ts'
import type { CreativeSpec, EmailContent, SenderSpec } from '../events.ts'
import { lintCompiled, type CompiledPart } from '../lint.ts'
import { pickLocale } from '../locale.ts'
import type { Rendered } from '../messages.ts'
import type { CompiledContent, CompiledCreative, MessageLinks, TemplateVars } from '../templates.ts'
import type { CompileJob, CompileReply } from './compile-worker.ts'
import { createKillableWorker, type JobOutcome, type KillableWorker } from './killable-worker.ts'
import type { RenderJob, RenderReply } from './render-worker.ts'

export type RendererOptions = {
  /** Threads that render, 1 or 2. */
  readonly workers: number
  /** A rendering is killed after so long, real ms. */
  readonly wallMs: number
  readonly memoryMb: number
  /** A compilation is killed after so long, real ms. */
  readonly compileMs: number
  readonly compileMemoryMb: number
  readonly startMs: number
  /** Renderings that may wait. */
  readonly waitingMax: number
  /** Characters of one rendered part. */
  readonly outputLengthMax: number
  /** A content whose rendering was ended so often in a row is not rendered any more. */
  readonly endedMax: number
  /** Compiled creatives kept. */
  readonly compiledMax: number
}

export const RENDERER_DEFAULTS: RendererOptions = {
  workers: 2,
  wallMs: 200,
  memoryMb: 64,
  compileMs: 15_000,
  compileMemoryMb: 256,
  startMs: 60_000,
  waitingMax: 2_000,
  outputLengthMax: 1_000_000,
  endedMax: 5,
  compiledMax: 200,
}

export type CompileResult = {
  readonly creative: CompiledCreative | null
  readonly problems: readonly Problem[]
}

export type RenderRequest = {
  /** BCP 47 of the person; then `fallbackLocales`, then whatever there is. */
  readonly locale: string
  readonly fallbackLocales?: readonly string[]
  readonly vars: TemplateVars
  readonly links: MessageLinks
}

export type Renderer = {
  /** Compiles each language of a creative; once per version. `problems` are those of `lintCreative`. */
  readonly compile: (creative: CreativeSpec, sender: SenderSpec) => Promise<CompileResult>
  /**
   * One message. Throws Failure `render.failed`, `render.timeout`, `render.memory`, `render.crashed`, `render.quarantined`,
   * `render.creative_broken`, for the moment `render.busy`, `render.starved`, `render.unstarted`, `render.closed`, or `render.unsubscribe_missing` when a marketing mail came out without its way out.
   */
  readonly render: (creative: CreativeSpec, sender: SenderSpec, request: RenderRequest) => Promise<Rendered>
  readonly close: () => Promise<void>
}

type Lane = { readonly worker: KillableWorker<RenderJob, RenderReply>; readonly known: Set<string> }

const moduleUrl = (name: string): URL =>
  new URL(`./${name}.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

/** Workers start with the first use. Close it at the end. */
export const createRenderer = (given: Partial<RendererOptions> = {}): Renderer => {
  const options = { ...RENDERER_DEFAULTS, ...given }
  const compiler = createKillableWorker<CompileJob, CompileReply>({
    url: moduleUrl('compile-worker'),
    wallMs: options.compileMs,
    startMs: options.startMs,
    resourceLimits: { maxOldGenerationSizeMb: options.compileMemoryMb },
  })
  const lanes = createLanes(options)
  const compiled = new Map<string, Promise<CompileResult>>()
  let compiling: Promise<unknown> = Promise.resolve()
  const mark = `wv${randomBytes(12).toString('hex')}-`
  const versionOf = createVersions()

  const compile: Renderer['compile'] = async (creative, sender) => {
    const version = versionOf(creative, sender)
    const known = compiled.get(version)
    if (known !== undefined) return known
    // One after the other: the compiler takes one job at a time.
    const result = compiling.then(async () => compileCreativeIn(compiler, { creative, sender, version }))
    compiling = result.catch(() => undefined)
    if (compiled.size >= options.compiledMax) compiled.delete(compiled.keys().next().value ?? '')
    compiled.set(version, result)
    result.catch(() => compiled.delete(version))
    return result
  }

  return {
    compile,
    render: async (creative, sender, request) => {
      const { creative: ready, problems } = await compile(creative, sender)
      if (ready === null) throw broken(creative.id, problems)
      const locale = pickLocale(Object.keys(ready.contents), request.locale, request.fallbackLocales)
      const content = locale === undefined ? undefined : ready.contents[locale]
      if (content === undefined) throw broken(creative.id, problems)
      const job = jobFor(request, { sender, mark, outputLengthMax: options.outputLengthMax })
      const reply = await lanes.run(`${ready.version}/${locale}`, content, job)
      return finish(reply, { request, sender, mark })
    },
    close: async () => {
      await lanes.close()
      await compiler.close()
    },
  }
}

/** Fingerprints of creatives, worked out once for each: they are long, and asked for with each message. */
const createVersions = () => {
  const known = new WeakMap<CreativeSpec, { readonly sender: SenderSpec; readonly version: string }>()
  return (creative: CreativeSpec, sender: SenderSpec): string => {
    const before = known.get(creative)
    if (before?.sender === sender) return before.version
    const text = canonicalJson([creative, sender])
    const version = createHash('sha256').update(text).digest('base64url').slice(0, 22)
    known.set(creative, { sender, version })
    return version
  }
}

const jobFor = (
  { vars, links }: RenderRequest,
  {
    sender,
    mark,
    outputLengthMax,
  }: { readonly sender: SenderSpec; readonly mark: string; readonly outputLengthMax: number },
): Omit<RenderJob, 'key' | 'content'> => ({
  vars: JSON.stringify({
    ...vars,
    links: { unsubscribe: links.unsubscribe },
    sender: { name: sender.name, email: sender.email },
  }),
  now: vars.now,
  mark,
  own: links.own,
  outputLengthMax,
})

/** Hands jobs to whichever worker is free, in order. */
const createLanes = (options: RendererOptions) => {
  const free: Lane[] = Array.from({ length: Math.max(1, options.workers) }, () => {
    const known = new Set<string>()
    const worker = createKillableWorker<RenderJob, RenderReply>({
      url: moduleUrl('render-worker'),
      wallMs: options.wallMs,
      startMs: options.startMs,
      resourceLimits: {
        maxOldGenerationSizeMb: options.memoryMb,
        maxYoungGenerationSizeMb: 16,
        stackSizeMb: 4,
      },
      onGone: () => known.clear(),
    })
    return { worker, known }
  })
  const all = [...free]
  const waiting: ((lane: Lane) => void)[] = []
  /** Ended renderings of a content in a row. */
  const ended = new Map<string, number>()
  return {
    run: async (
      key: string,
      content: CompiledContent,
      job: Omit<RenderJob, 'key' | 'content'>,
    ): Promise<RenderReply> => {
      if ((ended.get(key) ?? 0) >= options.endedMax) throw quarantined(options.endedMax)
      if (free.length === 0 && waiting.length >= options.waitingMax)
        throw new Failure({
          code: 'render.busy',
          message: 'too many messages wait to be rendered',
          retryable: true,
        })
      const lane = free.pop() ?? (await new Promise<Lane>((resolve) => waiting.push(resolve)))
      try {
        // The worker forgets when it holds too many: then so do we, and send the content again.
        if (lane.known.size >= LANE_KNOWN_MAX) lane.known.clear()
        const outcome = await lane.worker.run({ ...job, key, ...(lane.known.has(key) ? {} : { content }) })
        // Only what it surely holds: not after it was ended, nor when the content did not parse.
        if (outcome.kind === 'done' && outcome.reply.kind !== 'failed') lane.known.add(key)
        else lane.known.delete(key)
        if (outcome.kind === 'done') ended.delete(key)
        else if (!MACHINE_TROUBLE.has(outcome.why)) ended.set(key, (ended.get(key) ?? 0) + 1)
        return replyOf(outcome)
      } finally {
        const next = waiting.shift()
        if (next === undefined) free.push(lane)
        else next(lane)
      }
    },
    close: async () => {
      await Promise.all(all.map(({ worker }) => worker.close()))
    },
  }
}

const quarantined = (times: number): Failure =>
  new Failure({
    code: 'render.quarantined',
    message: `rendering this content was ended ${times} times in a row: it is not tried again`,
    hint: 'simplify the template; a new version starts afresh',
  })

/** Half of what the worker keeps, so that it never lacks what it is believed to have. */
const LANE_KNOWN_MAX = 50

/** Ends that say nothing of the content: the same may well come out another time. */
const MACHINE_TROUBLE: ReadonlySet<string> = new Set(['starved', 'unstarted', 'closed'])

const machineTrouble = (why: string, message: string): Failure =>
  new Failure({
    code: `render.${why}`,
    message: `nothing was rendered: ${message}`,
    hint: 'the machine is too busy; what is to be sent waits meanwhile',
    retryable: true,
  })

const replyOf = (outcome: JobOutcome<RenderReply>): RenderReply => {
  if (outcome.kind === 'done') return outcome.reply
  if (MACHINE_TROUBLE.has(outcome.why)) throw machineTrouble(outcome.why, outcome.message)
  throw new Failure({
    code: `render.${outcome.why}`,
    message: `rendering was ended: ${outcome.message}`,
    hint: 'simplify the template: it loops too long or builds too much',
    retryable: true,
  })
}

type Finishing = { readonly request: RenderRequest; readonly sender: SenderSpec; readonly mark: string }

const finish = (reply: RenderReply, { request, sender, mark }: Finishing): Rendered => {
  if (reply.kind === 'failed')
    throw new Failure({ code: reply.code, message: reply.message, hint: 'see the creative in the console' })
  const signed = reply.links.map(request.links.click)
  const marks = new RegExp(`${mark}(\\d{1,4})\\.`, 'g')
  const link = (text: string, spell: (url: string) => string = (url) => url): string =>
    text.replace(marks, (_, index: string) => spell(signed[Number(index)] ?? ''))
  if (reply.kind === 'json') return { kind: 'json', body: mapStrings(reply.body, link) }
  const html = link(reply.html, (url) => escapeAttribute(url.replaceAll('&', '&amp;')))
  const { unsubscribe, open } = request.links
  if (unsubscribe !== '' && !html.includes(unsubscribe))
    throw new Failure({
      code: 'render.unsubscribe_missing',
      message: 'the message came out without its unsubscribe link',
      hint: 'put {{ links.unsubscribe }} into the creative or the footer, outside of any condition',
    })
  return {
    kind: 'email',
    sender,
    subject: link(reply.subject),
    html: open === '' ? html : withPixel(html, open),
    text: link(reply.text),
    unsubscribeUrl: unsubscribe,
  }
}

const mapStrings = (value: Json, change: (text: string) => string): Json => {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item: Json) => mapStrings(item, change))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, mapStrings(part, change)]))
}

const withPixel = (html: string, url: string): string => {
  const pixel = `<img src="${escapeAttribute(url)}" width="1" height="1" alt="">`
  const end = html.lastIndexOf('</body>')
  return end < 0 ? html + pixel : html.slice(0, end) + pixel + html.slice(end)
}

const broken = (id: string, problems: readonly Problem[]): Failure =>
  new Failure({
    code: 'render.creative_broken',
    message: `the creative ${id} cannot be rendered: ${problems[0]?.message ?? 'it has no content'}`,
    hint: problems[0]?.hint ?? '',
  })

type Compiling = { readonly creative: CreativeSpec; readonly sender: SenderSpec; readonly version: string }

const compileCreativeIn = async (
  compiler: KillableWorker<CompileJob, CompileReply>,
  { creative, sender, version }: Compiling,
): Promise<CompileResult> => {
  const parts: CompiledPart[] = []
  for (const [locale, content] of Object.entries(creative.content)) {
    const outcome = await compiler.run(compileJob(creative, content, sender))
    if (outcome.kind === 'done') parts.push({ locale, ...outcome.reply })
    else if (MACHINE_TROUBLE.has(outcome.why)) throw machineTrouble(outcome.why, outcome.message)
    else
      parts.push({
        locale,
        content: null,
        faults: [{ path: 'body', message: outcome.message }],
        variables: [],
      })
  }
  const contents: Record<string, CompiledContent> = {}
  for (const { locale, content } of parts) if (content !== null) contents[locale] = content
  const whole = parts.length > 0 && parts.every(({ content }) => content !== null)
  const { id, channel } = creative
  return {
    creative: whole ? { id, channel, version, contents } : null,
    problems: lintCompiled(creative, parts),
  }
}

const compileJob = (creative: CreativeSpec, content: unknown, sender: SenderSpec): CompileJob => {
  if (creative.channel !== 'email') return { kind: 'json', body: content as Json }
  const { subject, body, text } = content as EmailContent
  return { kind: 'email', subject, body, text: text ?? null, footer: sender.footer }
}
