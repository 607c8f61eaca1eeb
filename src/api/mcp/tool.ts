// What one tool for agents is: its words, its schemas, the permission it needs, what it does.

import type { Static, TSchema } from 'typebox'
import type { Permission } from '../../governance/access/index.ts'
import type { Actor } from '../../governance/events.ts'
import type { StopRaised } from '../../guardrail/events.ts'
import { shapeOf, type ShapeCheck } from '../../kernel/problem.ts'
import type { Principal } from '../../kernel/principal.ts'
import type { Answer } from '../../stages/answering.ts'
import type { Plan, PlanResult } from '../contract.ts'
import type { ViewSources } from '../views/sources.ts'

/** Who uses a tool: always a program, whoever made its key; a person decides elsewhere. */
export type Agent = {
  /** With the permissions of the key. */
  readonly principal: Principal
  /** As facts name it: `mcp:<name of the key>`, role `agent`. */
  readonly actor: Actor
  readonly may: (permission: Permission) => boolean
}

/** What tools work on. */
export type McpDesk = {
  readonly sources: ViewSources
  readonly plan: () => Plan
  /** Holds at once, whatever else may be done here. */
  readonly stop: (raised: StopRaised) => Promise<void>
  /** What goes through governance; null where a folder is only read. */
  readonly acts: McpActs | null
}

export type McpActs = {
  /** Checks a plan; with a reason, puts it before people and never into force. */
  readonly proposePlan: (request: {
    readonly yaml: string
    readonly dryRun: boolean
    readonly by: Principal
    readonly reason: string
  }) => Promise<PlanResult>
  readonly answer: (proposalId: string, by: Actor, answer: Answer) => Promise<void>
}

type About<I extends TSchema, O extends TSchema> = {
  readonly name: string
  readonly title: string
  /** For a model that has never seen this product: what comes, and when to ask for it. */
  readonly description: string
  readonly needs: Permission
  readonly input: I
  readonly output: O
  /** It changes nothing. */
  readonly reads: boolean
  /** It goes through governance, which works where a server runs. */
  readonly governed?: boolean
  /** It takes something away that only a person brings back. */
  readonly destructive?: boolean
  readonly run: (desk: McpDesk, input: Static<I>, agent: Agent) => Promise<Static<O>> | Static<O>
}

export type Tool = Omit<About<TSchema, TSchema>, 'run'> & {
  readonly check: ShapeCheck
  readonly run: (desk: McpDesk, input: unknown, agent: Agent) => Promise<object>
}

/** A tool with its types between schemas and doing held together. */
export const tool = <I extends TSchema, O extends TSchema>({ run, ...about }: About<I, O>): Tool => ({
  ...about,
  check: shapeOf(about.input),
  run: async (desk, input, agent) => run(desk, input as Static<I>, agent),
})

export const closed = { additionalProperties: false } as const

/** Moments as agents read them. */
export const moment = (at: number): string => new Date(at).toISOString()
