// The plan of the demo and of simulations, as it ships.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Failure } from '../kernel/failure.ts'
import { createState } from '../loop.ts'
import { parsePlan, planInForce, type PlanSpec } from './plan.ts'

export const demoPlanYaml = (): string =>
  readFileSync(fileURLToPath(new URL('../../examples/demo-plan.yaml', import.meta.url)), 'utf8')

/** A plan as written. Throws Failure `plan.invalid` with its first problem. */
export const readPlan = (yaml: string): PlanSpec => {
  const { plan, problems } = parsePlan(yaml, planInForce(createState()))
  if (plan !== null) return plan
  const [first] = problems
  throw new Failure({
    code: 'plan.invalid',
    message: `${first?.path ?? ''}: ${first?.message ?? ''}`,
    hint: first?.hint ?? '',
  })
}
