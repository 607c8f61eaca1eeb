// What agents may do: propose, answer where the policy lets them, and stop. Never resume, never change anything at once.

import { Type, type TSchema } from 'typebox'
import { Failure } from '../../kernel/failure.ts'
import { spellPrincipal } from '../../kernel/principal.ts'
import { answerOf } from '../governance-routes.ts'
import { readScope } from '../scope.ts'
import { viewProposal } from '../views/proposals.ts'
import { viewStop } from '../views/stop.ts'
import { LIST_MAX } from './figure-tools.ts'
import { plain } from './strangers.ts'
import { closed, tool, type McpActs, type McpDesk } from './tool.ts'

const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const text = Type.String()

const proposePlan = tool({
  name: 'propose_plan',
  title: 'Propose a change of the plan',
  description:
    'Puts a changed plan before people as a proposal; nothing takes effect until they say yes. Give YAML with the sections that change (a section given replaces the one in force, so start from `plan`). With checkOnly it is only checked: problems, what would change, what it would bring.',
  needs: 'proposals.make',
  reads: false,
  governed: true,
  input: Type.Object(
    {
      yaml: Type.String({ minLength: 1, maxLength: 1_000_000 }),
      reason: Type.String({ minLength: 1, maxLength: 300, description: 'why, for the people who decide' }),
      checkOnly: Type.Optional(Type.Boolean()),
    },
    closed,
  ),
  output: Type.Object({
    proposalId: nullable(Type.String()),
    problems: Type.Array(Type.Object({ path: text, message: text, hint: text })),
    changes: Type.Array(text),
    because: Type.Array(Type.Object({ code: text, detail: text })),
  }),
  run: async (desk, { yaml, reason, checkOnly = false }, agent) => {
    const { waits, problems, changes, because } = await actsOf(desk).proposePlan({
      yaml,
      reason: plain(reason),
      dryRun: checkOnly,
      by: agent.principal,
    })
    return {
      proposalId: waits,
      problems: problems.slice(0, LIST_MAX).map((one) => ({
        path: plain(one.path),
        message: plain(one.message),
        hint: plain(one.hint),
      })),
      changes: changes.map((line) => plain(line)),
      because: because.map(({ code, detail }) => ({ code, detail: plain(detail) })),
    }
  },
})

const answerProposal = tool({
  name: 'answer_proposal',
  title: 'Answer a proposal',
  description:
    'Approves, rejects, snoozes or answers a proposal in words. Refused unless the policy lets agents answer for its class; by default a person decides.',
  needs: 'proposals.make',
  reads: false,
  governed: true,
  destructive: true,
  input: Type.Object(
    {
      proposalId: Type.String({ minLength: 1, maxLength: 80 }),
      answer: Type.Union(
        [Type.Literal('approve'), Type.Literal('reject'), Type.Literal('snooze'), Type.Literal('answer')],
        { description: 'approve, reject, snooze or answer' },
      ),
      text: Type.Optional(
        Type.String({ maxLength: 2_000, description: 'note, reason (a rejection needs one) or the answer' }),
      ),
      seenUpTo: Type.Optional(
        Type.Integer({
          minimum: 0,
          description: 'of the look on which this rests; nothing later is covered',
        }),
      ),
      hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 720, description: 'how long to snooze' })),
    },
    closed,
  ),
  output: Type.Object({ proposalId: text, status: text, approvals: Type.Integer(), eyes: Type.Integer() }),
  run: async (desk, input, agent) => {
    const { proposalId, answer, text: said = '', seenUpTo, hours = 1 } = input
    const body = {
      answer,
      text: said,
      forMs: hours * 3_600_000,
      ...(seenUpTo === undefined ? {} : { seenUpTo }),
    }
    const { loop } = desk.sources
    await actsOf(desk).answer(proposalId, agent.actor, answerOf(body, loop.ctx.now()))
    const { status, approvals, eyes } = viewProposal(desk.sources, proposalId, agent.actor, { names: false })
    return { proposalId, status, approvals: approvals.length, eyes }
  },
})

const stop = tool({
  name: 'stop',
  title: 'STOP',
  description:
    'Stops all sending and spending at once, or one channel or campaign. Always allowed; only a person lets it go on. Use it when something is going wrong, then tell a person.',
  needs: 'stop.raise',
  reads: false,
  destructive: true,
  input: Type.Object(
    {
      scope: Type.String({
        maxLength: 100,
        description: 'all, channel:<email|push|sms|messenger|onsite|webhook> or campaign:<id>',
      }),
      reason: Type.String({ minLength: 1, maxLength: 500 }),
    },
    closed,
  ),
  output: Type.Object({
    active: Type.Boolean(),
    stops: Type.Array(Type.Object({ scope: text, reason: text, by: text })),
    waiting: Type.Integer({ description: 'messages that are held back' }),
  }),
  run: async (desk, { scope, reason }, agent) => {
    await desk.stop({
      scope: readScope(scope),
      reason: plain(reason, 500),
      by: spellPrincipal(agent.principal),
    })
    const { active, stops, waiting } = viewStop(desk.sources)
    return {
      active,
      stops: stops.map((one) => ({ scope: one.scope, reason: plain(one.reason, 500), by: plain(one.by) })),
      waiting,
    }
  },
})

/** Where nothing can be changed these tools are not offered, and refuse. */
const actsOf = ({ acts }: McpDesk): McpActs => {
  if (acts !== null) return acts
  throw new Failure({
    code: 'mcp.read_only',
    message: 'No server runs on this folder: it can only be read.',
    hint: 'Start it: windvane start',
  })
}

export const ACT_TOOLS = [proposePlan, answerProposal, stop]
