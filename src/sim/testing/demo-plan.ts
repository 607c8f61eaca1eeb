// The demo's plan as tests of this folder use it.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { present } from '../../kernel/assert.ts'
import { parsePlan, planInForce, type PlanSpec } from '../../app/plan.ts'
import { createState } from '../../loop.ts'

export const demoPlanYaml = (): string =>
  readFileSync(fileURLToPath(new URL('../../../examples/demo-plan.yaml', import.meta.url)), 'utf8')

/** Read by the product's own parser; throws when it finds a problem. */
export const demoPlan = (): PlanSpec => {
  const { plan, problems } = parsePlan(demoPlanYaml(), planInForce(createState()))
  return present(plan, JSON.stringify(problems))
}
