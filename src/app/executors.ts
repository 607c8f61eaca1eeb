// Everything that an approved proposal may do in this installation, by its kind.

import { executorsOf, type Executors } from '../governance/index.ts'
import type { LoopState } from '../loop.ts'
import { brandExecutors } from '../stages/brand/executors.ts'
import type { BrandPost } from '../stages/brand/post.ts'
import { loopExecutors } from '../stages/governed-executors.ts'
import { planExecutor } from './plan-executor.ts'

export const executorsFor = (state: LoopState, post: BrandPost): Executors =>
  new Map([...loopExecutors(state), ...executorsOf(planExecutor(state)), ...brandExecutors(state, post)])
