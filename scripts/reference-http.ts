// The reference of the HTTP routes, from the table that test/e2e/roles.test.ts holds the server to: each route asked
// with each key and by each role.

import { DOORS, WHO, type Door, type Who } from '../test/doors.ts'

const HEAD = `# HTTP

The schemas of all bodies and answers are at \`/openapi.json\` of a running server (OpenAPI 3.1). This page is
written by \`node scripts/reference.ts\` from \`test/doors.ts\`; \`test/e2e/roles.test.ts\` asks each route as each of these and
fails where an answer is another one, or where a route is missing here.

A key goes as Basic user name (as Segment's clients send it), as \`Authorization: Bearer KEY\`, or as \`X-API-Key\`. People sign in
to the console and have a cookie, which counts under \`/api/\` only. ✓: gets in; –: 401 without a known key or session
(\`/v1/\` and \`/mcp\` know no sessions), 403 with one. \`none\` is a request with neither.

`

const TAIL = `
Not in the OpenAPI document, open to whoever holds the signed link from a message:

| route | what it is for |
| --- | --- |
LINKS

Everything under \`/v1/\` may be called from pages on other hosts (CORS), with a key. What changes something under \`/api/\` is
refused (403 \`auth.cross_site\`) when a page of another site sends it, by \`Sec-Fetch-Site\` or \`Origin\`; where a browser sends
neither, a session has to send \`x-csrf-token\` from \`GET /api/session\`. \`/mcp\` refuses pages of other sites whatever they ask; its
messages and tools: [mcp.md](../mcp.md).

An error is \`{"error": {"code": "…", "message": "…", "hint": "…"}}\`. The tracking routes answer 200 to nearly everything, as
Segment does; with \`X-Strict-Mode: 1\` they say what was wrong with each event (207, or 400 when none was taken).
429 and 503 carry \`Retry-After\`: send the same request again; an event with a \`messageId\` counts once.
`

/** \`local\` is no caller over the network, \`wrong\` gets what \`none\` gets. */
const COLUMNS: readonly Who[] = WHO.filter((who) => who !== 'local' && who !== 'wrong')

/** The page as Markdown. */
export const httpReference = (): string => {
  const doors = Object.entries(DOORS)
  const listed = doors.filter(([, { hidden, keysOnly }]) => hidden !== true || keysOnly === true)
  const links = doors.filter(([, { hidden, crossSite }]) => hidden === true && crossSite === true)
  return [
    HEAD,
    `| route | what it is for | ${COLUMNS.join(' | ')} |\n| --- | --- ${'| --- '.repeat(COLUMNS.length)}|\n`,
    ...listed.map(([route, door]) => rowOf(route, door)),
    TAIL.replace(
      'LINKS',
      links.map(([route, { says }]) => `| \`${route.replace(':token', '{token}')}\` | ${says} |`).join('\n'),
    ),
  ].join('')
}

const rowOf = (route: string, { says, may }: Door): string =>
  `| \`${route}\` | ${says} | ${COLUMNS.map((who) => (may.includes(who) ? '✓' : '–')).join(' | ')} |\n`
