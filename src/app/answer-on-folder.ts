// An answer given where no server runs: the same checks, the same doing, by the operator at the machine.

import type { AnswerBody, ProposalView } from '../api/contract.ts'
import { answerOf } from '../api/governance-routes.ts'
import { viewProposal } from '../api/views/proposals.ts'
import { actorOf } from '../governance/index.ts'
import { LOCAL_OPERATOR } from '../kernel/principal.ts'
import { answerProposal } from '../stages/answering.ts'
import { createGovernor } from '../stages/governor.ts'
import type { Loop } from '../loop.ts'
import { createBrandPost } from './brand-post.ts'
import { readConfig } from './config.ts'
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
  const config = readConfig({ dir, env: process.env, flags: {} })
  const { post, close } = createBrandPost({
    config,
    webhook: () => loop.state.brand.spec?.webhook ?? '',
    locale: () => loop.state.business.locale,
    publicUrl: () => config.publicUrl,
    isFenced: () => loop.state.guardrail.pauses.restored !== null && loop.state.guardrail.stops.has('all'),
  })
  const governor = createGovernor({ loop, executors: executorsFor(loop.state, post), report: reportTo(note) })
  const by = actorOf(LOCAL_OPERATOR)
  const answer = answerOf(body, loop.ctx.now())
  await answerProposal({ loop, governor }, { proposalId, by, via: 'cli', answer })
  await governor.idle()
  close()
  return viewProposal(folderSources(loop, dir), proposalId, by)
}
