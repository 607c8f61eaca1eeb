// The reference of the HTTP routes: which there are comes from the server's own OpenAPI document, which
// key opens which from asking each route with each key.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../src/app/clock.ts'
import { readConfig } from '../src/app/config.ts'
import { openKeys } from '../src/app/keys.ts'
import { serve } from '../src/app/serve.ts'
import { Failure } from '../src/kernel/failure.ts'
import { isRecord } from '../src/kernel/json.ts'

const KEYS = ['none', 'ingest', 'decide', 'admin'] as const

/** What a route is for, and a body it understands, so that its answer is about the key. */
const ROUTES: Readonly<Record<string, { readonly says: string; readonly body?: object }>> = {
  'POST /v1/identify': { says: 'Who somebody is: traits.', body: { userId: 'u', traits: {} } },
  'POST /v1/track': { says: 'What somebody did.', body: { userId: 'u', event: 'Looked' } },
  'POST /v1/page': { says: 'A page seen.', body: { userId: 'u', name: 'Home' } },
  'POST /v1/screen': { says: 'A screen of an app seen.', body: { userId: 'u', name: 'Home' } },
  'POST /v1/group': { says: 'Who belongs to what.', body: { userId: 'u', groupId: 'g' } },
  'POST /v1/alias': { says: 'Two ids are one person.', body: { userId: 'u', previousId: 'v' } },
  'POST /v1/batch': {
    says: 'Up to 2,500 of the above.',
    body: { batch: [{ type: 'track', userId: 'u', event: 'Looked' }] },
  },
  'POST /v1/decide': {
    says: 'What to show this person here and now.',
    body: { placement: 'nowhere', userId: 'u' },
  },
  'POST /v1/recommend': {
    says: 'Which products to show this person here and now.',
    body: { userId: 'u' },
  },
  'POST /v1/report': {
    says: 'A bounce or complaint that a mail system learnt of later.',
    body: { decisionId: 'd', kind: 'bounced' },
  },
  'GET /api/brief': { says: 'The figures of the console’s first page.' },
  'GET /api/lift': { says: 'Treated against holdout, with its interval.' },
  'GET /api/kpis': {
    says: 'The business’s figures: what they were, what is usual, what is expected, what was out of the usual.',
  },
  'GET /api/segments': { says: 'Segments and their sizes.' },
  'GET /api/health': { says: 'What came in, by source and event, and what was wrong with it.' },
  'GET /api/stop': { says: 'What is stopped, and what waits.' },
  'POST /api/stop': { says: 'STOP.', body: { scope: 'campaign:none', reason: 'reference' } },
  'POST /api/resume': {
    says: 'Lets it go on; names the number of waiting messages that was seen.',
    body: { scope: 'campaign:none', waitingSeen: 0 },
  },
  'GET /api/decisions': { says: 'Decisions, newest first, filtered.' },
  'GET /api/decisions/{id}': {
    says: 'One decision whole: candidates, scores, rejections, delivery, outcome.',
  },
  'GET /api/customers': { says: 'Finds people by name, address or id.' },
  'GET /api/customers/{id}': { says: 'One person: profile, consents, timeline.' },
  'POST /api/customers/{id}/unmerge': {
    says: 'Takes a wrong merge apart.',
    body: { leaving: [{ kind: 'user', value: 'nobody' }] },
  },
  'GET /api/customers/{id}/recommendations': { says: 'What would be recommended to one person now.' },
  'GET /api/recommendations': {
    says: 'The recommender in service, its backtest, and what its lists brought.',
  },
  'POST /api/recommendations/train': { says: 'Trains recommendations now, in a worker.' },
  'GET /api/stream': { says: 'Server-sent events: the brief each second, decisions as they happen.' },
  'GET /api/plan': { says: 'The plan in force, as YAML.' },
  'POST /api/plan': { says: 'Checks a plan and puts it in force.', body: { yaml: '', dryRun: true } },
  'POST /api/import': { says: 'What `windvane import` brings while a server runs.', body: { events: [] } },
  'GET /api/audit/tip': { says: 'Where the chain of the log ends.' },
  'POST /api/audit/anchor': { says: 'Signs the end of the chain and puts it under the anchors.', body: {} },
  'GET /healthz': { says: 'The process answers.' },
  'GET /readyz': { says: 'It is restored and takes work: 200, else 503.' },
  'GET /metrics': { says: 'Figures in Prometheus’ text format.' },
}

const HEAD = `# HTTP

The schemas of all bodies and answers are at \`/openapi.json\` of a running server (OpenAPI 3.1). This page is
written by \`node scripts/reference.ts\`: it starts a server and asks each route with each key.

A key goes as Basic user name (as Segment's clients send it), as \`Authorization: Bearer KEY\`, or as \`X-API-Key\`.
\`none\` is a request without a key. ✓: the key opens the route; –: 401 without a key, 403 with the wrong one.

`

const TAIL = `
Not in the OpenAPI document, open to whoever holds the signed link from a message:

| route | what it is for |
| --- | --- |
| \`GET /u/{token}\` | The page with the unsubscribe button. Changes nothing. |
| \`POST /u/{token}\` | Unsubscribes: the button, or one click in the mail program (RFC 8058). |
| \`GET /c/{token}\` | Counts a click and leads on to the signed address. |
| \`GET /o/{token}\` | Counts an opening; answers with a pixel. |

Everything under \`/v1/\` may be called from pages on other hosts (CORS). An error is
\`{"error": {"code": "…", "message": "…", "hint": "…"}}\`. The tracking routes answer 200 to nearly everything, as
Segment does; with \`X-Strict-Mode: 1\` they say what was wrong with each event (207, or 400 when none was taken).
429 and 503 carry \`Retry-After\`: send the same request again; an event with a \`messageId\` counts once.
`

/** The page as Markdown. Throws a Failure `reference.route_unknown` when a route has no words here. */
export const httpReference = async (): Promise<string> => {
  const dir = mkdtempSync(join(tmpdir(), 'windvane-reference-'))
  const keys = openKeys(dir)
  const served = await serve({
    dir,
    config: readConfig({ dir, env: {}, flags: { port: 0 } }),
    keys,
    clock: systemClock,
    mode: 'live',
    report: (error, where) => console.error(where, error),
  })
  try {
    const keyOf = (name: (typeof KEYS)[number]) => (name === 'none' ? '' : (keys.fresh?.[name] ?? ''))
    const rows: string[] = []
    for (const route of await routesOf(served.url)) {
      const words = ROUTES[route]
      if (words === undefined)
        throw new Failure({
          code: 'reference.route_unknown',
          message: `${route} has no words`,
          hint: 'Add it to scripts/reference-http.ts.',
        })
      const marks: string[] = []
      for (const name of KEYS) marks.push((await opens(served.url, route, keyOf(name))) ? '✓' : '–')
      rows.push(`| \`${route}\` | ${words.says} | ${marks.join(' | ')} |`)
    }
    return `${HEAD}| route | what it is for | none | ingest | decide | admin |\n| --- | --- | --- | --- | --- | --- |\n${rows.join('\n')}\n${TAIL}`
  } finally {
    await served.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

const routesOf = async (url: string): Promise<readonly string[]> => {
  const document: unknown = await (await fetch(`${url}/openapi.json`)).json()
  const paths = isRecord(document) && isRecord(document['paths']) ? document['paths'] : {}
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(isRecord(methods) ? methods : {}).map((method) => `${method.toUpperCase()} ${path}`),
  )
}

const opens = async (url: string, route: string, key: string): Promise<boolean> => {
  const [method = '', path = ''] = route.split(' ')
  const body = ROUTES[route]?.body
  const leave = new AbortController()
  const response = await fetch(url + path.replace('{id}', 'p1'), {
    method,
    signal: leave.signal,
    headers: {
      ...(key === '' ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const { status } = response
  // The stream has no end of its own.
  leave.abort()
  if (status >= 500)
    throw new Failure({
      code: 'reference.route_broken',
      message: `${route} answers ${status}`,
      hint: 'Mend the route.',
    })
  return status !== 401 && status !== 403
}
