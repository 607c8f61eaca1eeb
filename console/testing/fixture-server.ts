// A stand-in for the product's server while the console is developed and tested: serves `console/dist`
// and contract-valid answers under the same strict content policy.
//   node console/testing/fixture-server.ts [--state busy] [--port 4174]

import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { makeBrand, makeDryRun, makeMentionsAbout } from './generate-brand.ts'
import { makeMoney } from './generate-money.ts'
import { makeBrief, makeLift, makeStop, raiseStop } from './generate-brief.ts'
import { makeAhead } from './generate-ahead.ts'
import { makeFairness } from './generate-fairness.ts'
import { makeGate } from './generate-gate.ts'
import { makeActs, makeTip } from './generate-audit.ts'
import { makeGuardrails, makePolicy, makePolicyResult, makeProposals } from './generate-governance.ts'
import { makeKpis } from './generate-kpis.ts'
import { makeAttribution, makeRecommendations } from './generate-offers.ts'
import { makeModels } from './generate-models.ts'
import { makeRetention, makeRetentionRun } from './generate-privacy.ts'
import { makeSendTime } from './generate-send-time.ts'
import {
  FIXTURE_PLAN,
  makeCustomer,
  makeDecision,
  makeDecisionDetail,
  makeHealth,
  makeSegments,
} from './generate-rows.ts'
import { createAccessWorld, FIXTURE_COOKIE } from './generate-access.ts'
import { CAMPAIGNS, FIXTURE_NOW, type FixtureLang, type FixtureState } from './world.ts'
import type {
  AnswerBody,
  Brief,
  DecisionRow,
  PlanRequest,
  ResumeRequest,
  StopRequest,
} from '../../src/api/contract.ts'

export const FIXTURE_KEY = 'wv_admin_fixture'
const DIST = fileURLToPath(new URL('../dist', import.meta.url))
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
const DECISIONS = 100_000
const BODY_BYTES_MAX = 2_000_000

export type FixtureServer = {
  readonly url: string
  readonly setState: (state: FixtureState) => void
  /** While false the stream answers 503. */
  readonly setStreaming: (on: boolean) => void
  readonly posted: readonly { readonly path: string; readonly body: unknown }[]
  readonly close: () => Promise<void>
}

export type FixtureOptions = {
  /** Folder of the built console; `console/dist` unless told. */
  readonly dist?: string
  readonly state: FixtureState
  readonly port?: number
  /** Real ms between two briefs of the stream. */
  readonly briefEveryMs?: number
}

export async function startFixtureServer(options: FixtureOptions): Promise<FixtureServer> {
  const world = createWorld(options.state)
  const posted: { path: string; body: unknown }[] = []
  let streaming = true
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://fixture')
    if (!url.pathname.startsWith('/api/')) return serveFile(options.dist ?? DIST, url.pathname, response)
    const byKey = request.headers.authorization === `Bearer ${FIXTURE_KEY}`
    const byCookie = (request.headers.cookie ?? '').includes(FIXTURE_COOKIE)
    if (url.pathname === '/api/session' && request.method === 'GET')
      return json(response, 200, world.access.session(byKey ? 'key' : byCookie ? 'cookie' : 'nobody'))
    const open = /^\/api\/(?:session|welcome)/.test(url.pathname)
    if (!byKey && !byCookie && !open)
      return json(response, 401, failure('auth.key_refused', 'This key is not known.', 'Use the admin key.'))
    const lang: FixtureLang = url.searchParams.get('lang') === 'ru' ? 'ru' : 'en'
    if (url.pathname === '/api/stream') {
      if (streaming) return stream(world, response, lang, options.briefEveryMs ?? 1000)
      return json(response, 503, failure('stream.off', 'The stream is off.', ''))
    }
    const body: unknown = request.method === 'POST' ? JSON.parse(await readBody(request)) : null
    if (body !== null) posted.push({ path: url.pathname, body })
    const about = world.access.answer(request.method ?? 'GET', url.pathname, body)
    if (about !== null) {
      const [status, answer, cookie] = about
      if (cookie !== undefined)
        response.setHeader('set-cookie', `${cookie}; Path=/; HttpOnly; SameSite=Strict`)
      return json(response, status, answer)
    }
    const [status, answer] = world.answer(request.method ?? 'GET', url, lang, body)
    json(response, status, answer)
  }
  const server = createServer((request, response) => {
    handle(request, response).catch((cause: unknown) =>
      json(response, 400, failure('fixture.bad_request', String(cause), '')),
    )
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setState: world.setState,
    setStreaming: (on) => {
      streaming = on
      if (!on) server.closeAllConnections()
    },
    posted,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

type Answer = readonly [number, unknown]
type World = ReturnType<typeof createWorld>

function createWorld(first: FixtureState) {
  let state = first
  let stop = makeStop(state)
  let made = DECISIONS
  let plan = { yaml: FIXTURE_PLAN, version: 'a41f09c2' }
  let isRetentionRun = false
  const startedAt = Date.now()
  const now = () => FIXTURE_NOW + (Date.now() - startedAt) * 60
  const row = (index: number, lang: FixtureLang) =>
    makeDecision(index, state, lang, index >= DECISIONS ? now() : FIXTURE_NOW - (DECISIONS - index) * 47_000)
  const brief = (): Brief => makeBrief(state, now(), stop)

  const decisions = (url: URL, lang: FixtureLang) => {
    const wanted = (name: string) => url.searchParams.get(name) ?? ''
    const limit = Math.min(200, Number(wanted('limit') || 50))
    const items: DecisionRow[] = []
    let index = wanted('before') === '' ? DECISIONS - 1 : Number(wanted('before'))
    for (; state !== 'empty' && index >= 0 && items.length < limit; index -= 1) {
      const candidate = row(index, lang)
      const fits = [
        ['campaign', candidate.campaignId],
        ['verdict', candidate.verdict],
        ['profile', candidate.profileId],
      ] as const
      if (fits.every(([name, value]) => wanted(name) === '' || wanted(name) === value)) items.push(candidate)
    }
    return { items, next: items.length < limit ? null : String(index) }
  }
  const gone = new Set<string>()
  const proposals = () => {
    const all = makeProposals(state)
    return { ...all, open: all.open.filter(({ proposalId }) => !gone.has(proposalId)) }
  }
  const answered = (id: string, answer: string) => {
    const all = makeProposals(state)
    const found = [...all.open, ...all.snoozed, ...all.closed].find(({ proposalId }) => proposalId === id)
    if (found !== undefined && answer !== 'edit') gone.add(id)
    return found
  }
  const post = (path: string, body: unknown): Answer => {
    if (path === '/api/stop') {
      stop = raiseStop(stop, body as StopRequest, now())
      return [200, stop]
    }
    if (path === '/api/resume') {
      const { scope, waitingSeen, seenUpTo } = body as ResumeRequest
      if (waitingSeen !== stop.waiting || seenUpTo < stop.asOf)
        return [
          409,
          failure('stop.waiting_changed', 'The number of waiting messages has changed.', 'Look at it again.'),
        ]
      const stops = stop.stops.filter((known) => known.scope !== scope)
      stop = stops.length === 0 ? makeStop('busy') : { ...stop, stops }
      return [200, stop]
    }
    if (path === '/api/money/close-incident') {
      const { incidentId } = body as { readonly incidentId: string }
      const money = makeMoney(state)
      return [200, { ...money, incidents: money.incidents.filter((one) => one.incidentId !== incidentId) }]
    }
    if (path === '/api/money/experiments/design')
      return [
        200,
        {
          treated: ['Berlin', 'Hamburg'],
          control: ['Köln', 'Bremen', 'Mainz'],
          treatedShare: 0.47,
          correlation: 0.981,
          expected: 412_000,
          detectable: 12_800,
          detectableShare: 0.031,
          placeboRuns: 20,
          placeboCalled: 1,
          fromDay: 20_600,
          toDay: 20_627,
        },
      ]
    if (path.startsWith('/api/money/experiments')) return [200, makeMoney(state)]
    if (path.startsWith('/api/brand/')) return [200, makeBrand(state)]
    if (path === '/api/models/train') return [200, { ...makeModels(state), training: true }]
    if (path.startsWith('/api/proposals/')) {
      const id = decodeURIComponent(path.split('/')[3] ?? '')
      const found = answered(id, (body as AnswerBody).answer)
      return found === undefined
        ? [404, failure('governance.unknown_proposal', 'There is no such proposal.', '')]
        : [200, found]
    }
    if (path === '/api/retention/run') {
      isRetentionRun = true
      return [200, makeRetentionRun(state)]
    }
    if (path === '/api/autonomy') return [200, makeProposals('busy').open[0]]
    if (path === '/api/drill') {
      const { drills } = makeGuardrails('busy')
      return [200, drills[0]]
    }
    const { yaml, dryRun } = body as PlanRequest
    if (path === '/api/policy') return [200, makePolicyResult(yaml, dryRun === true)]
    const problems = yaml.includes('quietHour:')
      ? [{ path: 'limits.quietHour', message: 'Unknown key.', hint: 'Did you mean quietHours?' }]
      : []
    const applied = dryRun !== true && problems.length === 0
    // The product writes the plan anew, so the text in force is not the text that was sent.
    if (applied) plan = { yaml: `# Applied.\n${yaml}`, version: 'b52e1f77' }
    return [
      200,
      {
        applied,
        version: 'b52e1f77',
        problems,
        changes:
          problems.length > 0 || yaml === FIXTURE_PLAN
            ? []
            : ['campaigns.cart.actions: one action added', 'limits.personCaps.0.max: 3 → 2'],
        waits: null,
        because: [],
        forecasts: dryRun === true && problems.length === 0 ? [makeAhead('winback', state)] : [],
      },
    ]
  }
  const answer = (method: string, url: URL, lang: FixtureLang, body: unknown): Answer => {
    const path = url.pathname
    if (method === 'POST') return post(path, body)
    if (path === '/api/stop') return [200, stop]
    if (state === 'error')
      return [
        500,
        failure('log.read_failed', 'The log could not be read.', 'Run “windvane doctor” on the machine.'),
      ]
    const id = decodeURIComponent(path.split('/')[3] ?? '')
    if (path === '/api/brief') return [200, brief()]
    if (path === '/api/decisions') return [200, decisions(url, lang)]
    if (path.startsWith('/api/decisions/')) {
      const index = Number(id.split(':')[2] ?? Number.NaN)
      return Number.isInteger(index)
        ? [200, makeDecisionDetail(row(index, lang), lang)]
        : [404, failure('decision.unknown', 'There is no such decision.', 'Check the link.')]
    }
    if (path === '/api/lift') return [200, makeLift(url.searchParams.get('campaign') ?? '', state)]
    if (path === '/api/customers') return [200, customers(url.searchParams.get('q') ?? '')]
    if (path.startsWith('/api/customers/'))
      return /^p\d+$/.test(id)
        ? [200, makeCustomer(id, state, lang)]
        : [404, failure('customer.unknown', 'There is no such customer.', 'Search by e-mail, id or phone.')]
    if (/^\/api\/campaigns\/[^/]+\/forecast$/.test(path)) return [200, makeAhead(id, state)]
    if (/^\/api\/campaigns\/[^/]+\/fairness$/.test(path))
      return [200, makeFairness(id, url.searchParams.get('by') ?? '', state)]
    if (path === '/api/gate') return [200, makeGate(state)]
    if (path === '/api/kpis') return [200, makeKpis(state)]
    if (path === '/api/attribution') return [200, makeAttribution(state, url.searchParams)]
    if (path === '/api/recommendations') return [200, makeRecommendations(state)]
    if (path === '/api/segments') return [200, makeSegments(state)]
    if (path === '/api/send-time') return [200, makeSendTime(state)]
    if (path === '/api/models') return [200, makeModels(state)]
    if (path === '/api/health') return [200, makeHealth(state)]
    if (path === '/api/money') return [200, makeMoney(state)]
    if (path === '/api/brand') return [200, makeBrand(state)]
    if (path === '/api/brand/mentions')
      return [200, makeMentionsAbout(state, url.searchParams.get('phrase') ?? '')]
    if (path === '/api/brand/dry-run') return [200, makeDryRun()]
    if (path === '/api/proposals') return [200, proposals()]
    if (path === '/api/policy') return [200, makePolicy(state)]
    if (path === '/api/audit/acts') return [200, makeActs(state, url.searchParams)]
    if (path === '/api/audit/tip' || path === '/api/audit/anchor') return [200, makeTip()]
    if (path === '/api/guardrails') return [200, makeGuardrails(state)]
    if (path === '/api/retention') return [200, makeRetention(state, isRetentionRun)]
    if (path === '/api/plan') return [200, state === 'empty' ? { ...plan, yaml: '' } : plan]
    return [404, failure('route.unknown', 'No such route.', '')]
  }
  const customers = (text: string) => {
    const all =
      state === 'empty'
        ? []
        : Array.from({ length: 8 }, (_, index) => ({
            profileId: `p${index}`,
            person: makeCustomer(`p${index}`, state, 'en').person,
            lastSeenAt: index === 7 ? null : FIXTURE_NOW - index * 3_600_000,
            orders: (index * 5) % 11,
          }))
    const items = all.filter((hit) => hit.person.toLowerCase().includes(text.toLowerCase()))
    return { items, total: text === '' ? all.length * 500 : items.length }
  }
  return {
    access: createAccessWorld(() => state),
    answer,
    brief,
    nextDecision: (lang: FixtureLang) => (state === 'empty' || stop.active ? null : row(made++, lang)),
    setState: (next: FixtureState) => {
      state = next
      isRetentionRun = false
      stop = makeStop(next)
    },
  }
}

function stream(world: World, response: ServerResponse, lang: FixtureLang, briefEveryMs: number): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const send = (type: string, value: object) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...value })}\n\n`)
  send('brief', { brief: world.brief() })
  const briefs = setInterval(() => send('brief', { brief: world.brief() }), briefEveryMs)
  const decisions = setInterval(() => {
    const decision = world.nextDecision(lang)
    if (decision !== null) send('decision', { decision })
  }, briefEveryMs * 1.4)
  response.on('close', () => {
    clearInterval(briefs)
    clearInterval(decisions)
  })
}

async function serveFile(dist: string, path: string, response: ServerResponse): Promise<void> {
  const wanted = extname(path) === '' ? '/index.html' : normalize(path)
  const content = await readFile(join(dist, wanted)).catch(() => null)
  if (content === null)
    return json(response, 404, failure('file.unknown', path, 'Run npm run console:build first.'))
  response.writeHead(200, {
    'content-type': TYPES[extname(wanted)] ?? 'application/octet-stream',
    'content-security-policy': POLICY,
  })
  response.end(content)
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request) {
    bytes += (part as Buffer).byteLength
    if (bytes > BODY_BYTES_MAX) throw new RangeError('The body is too large.')
    parts.push(part as Buffer)
  }
  return Buffer.concat(parts).toString('utf8')
}

function json(response: ServerResponse, status: number, value: unknown): void {
  if (response.headersSent) return
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
}

function failure(code: string, message: string, hint: string) {
  return { error: { code, message, hint } }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: { state: { type: 'string', default: 'busy' }, port: { type: 'string', default: '4174' } },
  })
  const server = await startFixtureServer({ state: values.state as FixtureState, port: Number(values.port) })
  process.stdout.write(
    `${server.url}/#key=${FIXTURE_KEY}\n${CAMPAIGNS.length} campaigns, state ${values.state}\n`,
  )
}
