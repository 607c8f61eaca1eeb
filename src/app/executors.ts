// Everything that an approved proposal may do in this installation, by its kind.

import { executorsOf, type Executors } from '../governance/index.ts'
import type { LoopState } from '../loop.ts'
import { loopExecutors } from '../stages/governed-executors.ts'
import { planExecutor } from './plan-executor.ts'

export const executorsFor = (state: LoopState): Executors =>
  new Map([...loopExecutors(state), ...executorsOf(planExecutor(state))])
