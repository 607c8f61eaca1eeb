// The face to agents: the Model Context Protocol over HTTP, without sessions. Each request is answered by itself,
// for whoever's key it came with, in whichever revision of the protocol the client speaks.

import {
  createMcpHandler,
  fromJsonSchema,
  isLegacyRequest,
  McpServer,
  WebStandardStreamableHTTPServerTransport,
  type AuthInfo,
  type jsonSchemaValidator,
  type JsonSchemaType,
  type JsonSchemaValidator,
} from '@modelcontextprotocol/server'
import { may } from '../../governance/access/index.ts'
import { assert } from '../../kernel/assert.ts'
import { Failure, isFailure } from '../../kernel/failure.ts'
import type { Principal } from '../../kernel/principal.ts'
import { errorBody } from '../errors.ts'
import { ACT_TOOLS } from './act-tools.ts'
import { FIGURE_TOOLS } from './figure-tools.ts'
import { PEOPLE_TOOLS } from './people-tools.ts'
import { RISK_TOOLS } from './risk-tools.ts'
import { INSTRUCTIONS, STRANGERS_NOTICE } from './strangers.ts'
import type { Agent, McpDesk, Tool } from './tool.ts'

export const TOOLS: readonly Tool[] = [...FIGURE_TOOLS, ...PEOPLE_TOOLS, ...RISK_TOOLS, ...ACT_TOOLS]

export type McpFace = {
  /** Answers one request; `body` is its JSON, read already. */
  readonly answer: (request: Request, body: unknown, principal: Principal) => Promise<Response>
  readonly close: () => Promise<void>
}

type About = {
  readonly version: string
  readonly report: (error: unknown, where: string) => void
}

/** The face over a desk. Nothing is kept between requests. */
export const createMcpFace = (desk: McpDesk, about: About): McpFace => {
  const serverFor = ({ authInfo }: { readonly authInfo?: AuthInfo | undefined }): McpServer =>
    serverOf(desk, about, agentOf(authInfo?.extra?.['principal'] as Principal | undefined))
  const modern = createMcpHandler(serverFor, {
    legacy: 'reject',
    // Nothing here changes by itself: there is nothing to listen to.
    maxSubscriptions: 0,
  })
  return {
    answer: async (request, body, principal) => {
      // The key itself goes no further than the door.
      const authInfo: AuthInfo = { token: '', clientId: principal.id, scopes: [], extra: { principal } }
      if (!(await isLegacyRequest(request, body)))
        return modern.fetch(request, { authInfo, parsedBody: body })
      const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
      const server = serverFor({ authInfo })
      await server.connect(transport)
      try {
        return await transport.handleRequest(request, { authInfo, parsedBody: body })
      } finally {
        await server.close()
      }
    },
    close: modern.close,
  }
}

/** Whoever made the key, through this door it is a program: its word is no person's word. */
const agentOf = (principal: Principal | undefined): Agent => {
  assert(principal !== undefined, 'nobody comes here without a key')
  const name = `mcp:${principal.name}`
  const scopes = principal.kind === 'key' ? principal.scopes : (['mcp'] as const)
  return {
    principal: { kind: 'key', id: principal.id, name, scopes },
    actor: { kind: 'key', id: principal.id, name, role: 'agent' },
    may: (permission) => may(principal, permission),
  }
}

const serverOf = (desk: McpDesk, { version, report }: About, agent: Agent): McpServer => {
  const server = new McpServer(
    { name: 'windvane', title: 'Windvane', version },
    { instructions: INSTRUCTIONS, capabilities: { tools: { listChanged: false } } },
  )
  for (const one of TOOLS) {
    if (!agent.may(one.needs) || (desk.acts === null && one.governed === true)) continue
    const { input, output } = schemasOf(one)
    server.registerTool(
      one.name,
      {
        title: one.title,
        description: one.description,
        inputSchema: input,
        outputSchema: output,
        annotations: {
          readOnlyHint: one.reads,
          destructiveHint: one.destructive ?? false,
          idempotentHint: one.reads,
          openWorldHint: false,
        },
      },
      async (given) => {
        try {
          const structuredContent = { ...(await one.run(desk, given, agent)) }
          return {
            content: [
              { type: 'text', text: STRANGERS_NOTICE },
              { type: 'text', text: JSON.stringify(structuredContent) },
            ],
            structuredContent,
          }
        } catch (error) {
          return refusalOf(error, `mcp ${one.name}`, report)
        }
      },
    )
  }
  return server
}

/** What was refused, in words that help; what broke is told to the operator, not to the agent. */
const refusalOf = (error: unknown, where: string, report: About['report']) => {
  if (!isFailure(error)) report(error, where)
  const failure = isFailure(error)
    ? error
    : new Failure({
        code: 'http.internal',
        message: 'Something broke on our side.',
        hint: 'The server log has the details.',
      })
  return { content: [{ type: 'text' as const, text: JSON.stringify(errorBody(failure)) }], isError: true }
}

type Schemas = {
  readonly input: ReturnType<typeof fromJsonSchema>
  readonly output: ReturnType<typeof fromJsonSchema>
}
const schemas = new Map<string, Schemas>()

/** Once a tool: servers come and go with each request. */
const schemasOf = (one: Tool): Schemas => {
  const known = schemas.get(one.name)
  if (known !== undefined) return known
  const made = {
    input: fromJsonSchema(one.input as JsonSchemaType, checkedBy(one)),
    // Made here and typed here: checking it again with each answer would cost and find nothing.
    output: fromJsonSchema(one.output as JsonSchemaType, TAKEN),
  }
  schemas.set(one.name, made)
  return made
}

/** Our own checker: it names the place, and the word that was meant. */
const checkedBy = ({ check }: Tool): jsonSchemaValidator => ({
  getValidator:
    <T>(): JsonSchemaValidator<T> =>
    (input: unknown) => {
      const found = check(input)
      return found.length === 0
        ? { valid: true, data: input as T, errorMessage: undefined }
        : {
            valid: false,
            data: undefined,
            errorMessage: found
              .map(({ path, message, hint }) => `${path}: ${message}${hint === '' ? '' : ` (${hint})`}`)
              .join('; '),
          }
    },
})

const TAKEN: jsonSchemaValidator = {
  getValidator:
    <T>(): JsonSchemaValidator<T> =>
    (input: unknown) => ({ valid: true, data: input as T, errorMessage: undefined }),
}
