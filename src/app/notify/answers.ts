// Answers that come from outside the console: by a person known there by other means. The same checks as everywhere,
// and one more: what was answered is what was told.

import { may } from '../../governance/access/index.ts'
import { actorOf, proposalOf, type Proposal } from '../../governance/index.ts'
import { Failure } from '../../kernel/failure.ts'
import type { Principal } from '../../kernel/principal.ts'
import type { Loop } from '../../loop.ts'
import { answerProposal, type Answer } from '../../stages/answering.ts'
import type { Governor } from '../../stages/governor.ts'
import { versionOfProposal } from './approval-link.ts'

export type OutsideAnswer = {
  readonly userId: string
  readonly proposalId: string
  /** Of what they were told; '' where they saw it as it is. */
  readonly version: string
  /** `telegram`, `webhook`. */
  readonly via: string
  readonly answer: Answer
}

export type TakeAnswer = (given: OutsideAnswer) => Promise<Proposal>

/** Throws Failures `notify.no_user`, `notify.changed`, `governance.*`. */
export const takeAnswer =
  (loop: Loop, governor: () => Governor): TakeAnswer =>
  async ({ userId, proposalId, version, via, answer }) => {
    const principal = userPrincipal(loop, userId)
    if (principal === null || !may(principal, 'proposals.answer'))
      throw new Failure({
        code: 'notify.no_user',
        message: 'You may not answer here.',
        hint: 'An owner gives the right to, in the console.',
      })
    const proposal = proposalOf(loop.state.governance, proposalId)
    if (answer.kind === 'approve' && proposal?.status === 'open' && versionOfProposal(proposal) !== version)
      throw new Failure({
        code: 'notify.changed',
        message: 'It has changed since you were told.',
        hint: 'Look at it in the console.',
      })
    return answerProposal({ loop, governor: governor() }, { proposalId, by: actorOf(principal), via, answer })
  }

/** With the rights of this moment; null when nobody who can sign in. */
export const userPrincipal = ({ state }: Pick<Loop, 'state'>, userId: string): Principal | null => {
  const user = state.access.users.get(userId)
  return user?.standing === 'active' ? { kind: 'user', id: user.id, name: user.name, role: user.role } : null
}
