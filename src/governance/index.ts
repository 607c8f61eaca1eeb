// Public exports of governance: how much may be done unasked, who may say yes, what was said.
export { actorOf } from './actor.ts'
export { evidenceOf, BATCH_COUNTS_MAX, CAP_AFTER } from './autonomy/record.ts'
export type { AutonomyRecord, Evidenced } from './autonomy/record.ts'
export { autonomyOf, levelNow, lineName } from './autonomy/decide-autonomy.ts'
export { dumpGovernance, restoreGovernance } from './dump.ts'
export { foldGovernance } from './fold.ts'
export { barredTraits, DEFAULT_SENSITIVE, traitsRead } from './policy/sensitive.ts'
export { CAREFUL_POLICY, DEFAULT_CALLS, OPEN_POLICY } from './policy/defaults.ts'
export { diffPolicy, onlyLowersRisk } from './policy/diff.ts'
export type { PolicyChange } from './policy/diff.ts'
export { parseGovernance, renderGovernance } from './policy/policy.ts'
export { governanceSchema } from './policy/policy-schema.ts'
export type { FriendlyGovernance } from './policy/policy-schema.ts'
export { NO_ACTION } from './policy/rule.ts'
export type { ProposedAction } from './policy/rule.ts'
export { approversOf, capKey, momentOf, onCallAt, verdictOf } from './policy/verdict.ts'
export type { Verdict } from './policy/verdict.ts'
export {
  answerable,
  answeredEvent,
  approvedEvent,
  editedEvent,
  mayAnswer,
  rejectedEvent,
  snoozedEvent,
  undoneEvent,
} from './proposals/answer.ts'
export type { AnswerAt } from './proposals/answer.ts'
export { executorsOf } from './proposals/executor.ts'
export type { Executor, Executors, Fact, FactExecutor, WorldExecutor } from './proposals/executor.ts'
export { lineOf } from './proposals/fold-proposals.ts'
export { agreeing, eyesOf, isAgreed, isPending, isUndoable, seenByAll } from './proposals/proposal.ts'
export type { Proposal, ProposalStatus } from './proposals/proposal.ts'
export { actionOf, nextProposalId, propose, sameWish } from './proposals/propose.ts'
export {
  dueCalls,
  dueEnds,
  dueFacts,
  executedEvent,
  executingEvent,
  recoverExecuting,
  refusalFacts,
  undoFacts,
} from './proposals/settle.ts'
export { admits, dueMove, shareOf } from './ramp/ramp.ts'
export type { Ramp, RampCounts } from './ramp/ramp.ts'
export { EVIDENCE_ENOUGH, evidenceAbove } from './ramp/evidence.ts'
export {
  closedProposals,
  createGovernance,
  DEFAULT_GOVERNANCE_OPTIONS,
  isGoverned,
  openProposals,
  proposalOf,
} from './state.ts'
export type { GovernanceOptions, GovernanceState, PolicyVersion } from './state.ts'
