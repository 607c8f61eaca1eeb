// Signed links to a proposal, and tokens by which one person answers one proposal through a webhook. The link is good
// for nothing but to open the proposal's page, which asks for a login: mail scanners open everything.

import type { LinkSigner } from '../../delivery/index.ts'
import type { Proposal } from '../../governance/index.ts'
import { versionOf } from '../../kernel/version.ts'

const LINK = 'approval link 1'
const ANSWER = 'approval answer 1'
const ID = /^P\d{1,12}$/

/** What a person would be looking at: another one after an edit, or when its ground has moved. */
export const versionOfProposal = ({ payload, changes, ground }: Proposal): string =>
  versionOf({ payload, changes: changes as never, ground }).slice(0, 12)

const seconds = (ms: number): string => Math.ceil(ms / 1_000).toString(36)

/** `<proposal>.<version>.<expiry in base 36>.<signature>` */
export const signLink = (signer: LinkSigner, proposal: Proposal): string => {
  const text = `${proposal.proposalId}.${versionOfProposal(proposal)}.${seconds(proposal.expiresAt)}`
  return `${text}.${signer.sign(`${LINK} ${text}`)}`
}

export type ReadLink =
  | { readonly kind: 'valid' | 'moved' | 'expired'; readonly proposalId: string }
  | { readonly kind: 'invalid' }

/** `proposal`: by its id, as it is now. */
export const readLink = (
  signer: LinkSigner,
  token: string,
  { now, proposal }: { readonly now: number; readonly proposal: (id: string) => Proposal | undefined },
): ReadLink => {
  const [proposalId = '', version = '', expiry = '', signature = '', ...more] = token.split('.')
  if (more.length > 0 || !ID.test(proposalId) || !/^[0-9a-z]{1,10}$/.test(expiry)) return { kind: 'invalid' }
  if (!signer.verify(`${LINK} ${proposalId}.${version}.${expiry}`, signature)) return { kind: 'invalid' }
  if (Number.parseInt(expiry, 36) * 1_000 <= now) return { kind: 'expired', proposalId }
  const current = proposal(proposalId)
  const isSame = current !== undefined && versionOfProposal(current) === version && current.status === 'open'
  return { kind: isSame ? 'valid' : 'moved', proposalId }
}

export type AnswerToken = {
  readonly proposalId: string
  /** By `versionOfProposal`, and the log offset of the look that it was told from: a yes covers nothing later. */
  readonly version: string
  readonly seenUpTo: number
  readonly userId: string
  readonly until: number
}

/** For one person, one proposal as it was seen, and its time: whoever holds it still has to sign the call. */
export const signAnswer = (
  signer: LinkSigner,
  { proposalId, version, seenUpTo, userId, until }: AnswerToken,
): string => {
  const text = [proposalId, version, seenUpTo.toString(36), userId, seconds(until)].join('.')
  return `${text}.${signer.sign(`${ANSWER} ${text}`)}`
}

/** null when it was changed, or is over. */
export const readAnswer = (signer: LinkSigner, token: string, now: number): AnswerToken | null => {
  const parts = token.split('.')
  const [proposalId = '', version = '', seen = '', userId = '', expiry = '', signature = ''] = parts
  const isSpelt = [seen, expiry].every((text) => /^[0-9a-z]{1,10}$/.test(text))
  if (parts.length !== 6 || !ID.test(proposalId) || !isSpelt) return null
  if (!signer.verify(`${ANSWER} ${parts.slice(0, 5).join('.')}`, signature)) return null
  const until = Number.parseInt(expiry, 36) * 1_000
  return until > now ? { proposalId, version, seenUpTo: Number.parseInt(seen, 36), userId, until } : null
}
