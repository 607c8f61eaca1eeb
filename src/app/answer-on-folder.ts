// An answer given where no server runs: the same checks, the same doing, by the operator at the machine.

import type { AnswerBody, ProposalView } from '../api/contract.ts'
import { answerOf } from '../api/governance-routes.ts'
import { viewProposal } from '../api/views/proposals.ts'
import { actorOf } from '../governance/index.ts'
import { LOCAL_OPERATOR } from '../kernel/principal.ts'
import { answerProposal } from '../stages/answering.ts'
import { createGovernor } from '../stages/governor.ts'
import type { Loop } from '../loop.ts'
import { folderSources } from './folder-sources.ts'
import { note } from './output.ts'
import { reportTo } from './report.ts'
import { executorsFor } from './executors.ts'

export const answerOnFolder = async (
  loop: Loop,
  dir: string,
  proposalId: string,
  body: AnswerBody,
): Promise<ProposalView> => {
  const governor = createGovernor({ loop, executors: executorsFor(loop.state), report: reportTo(note) })
  const by = actorOf(LOCAL_OPERATOR)
  const answer = answerOf(body, loop.ctx.now())
  await answerProposal({ loop, governor }, { proposalId, by, via: 'cli', answer })
  await governor.idle()
  return viewProposal(folderSources(loop, dir), proposalId, by)
}
