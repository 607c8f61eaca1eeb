// Public exports of delivery: do it, at most once, and say what is certain.
export {
  creativeSchema,
  emailContentSchema,
  parseCreatives,
  parseSender,
  renderCreatives,
  renderSender,
  senderSchema,
} from './creative-schema.ts'
export type { FriendlyCreatives, FriendlySender } from './creative-schema.ts'
export { deliver, DELIVER_DEFAULTS } from './deliver.ts'
export type { DeliverOptions, DeliverOutcome, DeliverPorts, OutgoingDelivery } from './deliver.ts'
export { isWebUrl, messageLinks, readToken, signToken } from './links.ts'
export type { Link, LinkKind, LinkSigner } from './links.ts'
export { pickLocale } from './locale.ts'
export { messageIdOf } from './messages.ts'
export type {
  Channel,
  ChannelResult,
  MayProceed,
  OutgoingMessage,
  Rendered,
  RenderedEmail,
  RenderedJson,
} from './messages.ts'
export {
  attemptedEvent,
  failedEvent,
  heldEvent,
  placementEvents,
  sentEvent,
  unknownEvent,
  withheldEvent,
} from './outcome-events.ts'
export {
  createOutbox,
  creativeOf,
  deliveryCounts,
  dueDeliveries,
  foldOutbox,
  outboxSize,
  queuedDelivery,
  recentDeliveries,
  recoverUnknown,
  refusalOf,
  refusedDeliveries,
  unsettledAttempts,
} from './outbox.ts'
export type {
  DeliveryCount,
  OpenAttempt,
  Outbox,
  OutboxOptions,
  QueuedDelivery,
  SettledDelivery,
  SettledState,
} from './outbox.ts'
export { dumpOutbox, restoreOutbox } from './outbox-dump.ts'
export { membersOf, waitingLines } from './waiting.ts'
export { compilePlacement, renderPlacement } from './placement.ts'
export type { CompiledPlacement, PlacementAnswer } from './placement.ts'
export { createLinkBursts, isMachineVisit, respondedEvents } from './responses.ts'
export type { LinkBursts, Visit } from './responses.ts'
export { templateVars } from './templates.ts'
export type { CompiledCreative, MessageLinks, TemplateVars } from './templates.ts'
export { UNSUBSCRIBE_PAGE_CSP, unsubscribePage } from './unsubscribe-page.ts'
export type { UnsubscribePage } from './unsubscribe-page.ts'
export { createEmailChannel } from './adapters/email-channel.ts'
export type { DkimKey, EmailChannelOptions } from './adapters/email-channel.ts'
export { createLinkSigner } from './adapters/link-signer.ts'
export type { SmtpLimits, SmtpServer } from './adapters/smtp-pool.ts'
export { createPlainMailer } from './adapters/plain-mail.ts'
export type { PlainMail, PlainMailer } from './adapters/plain-mail.ts'
export { createRenderer } from './adapters/renderer.ts'
export type { CompileResult, Renderer, RendererOptions, RenderRequest } from './adapters/renderer.ts'
export { createWebhookChannel } from './adapters/webhook-channel.ts'
export type { WebhookChannelOptions } from './adapters/webhook-channel.ts'
// Money in ad lines.
export {
  ADS_LINES_APPLIED,
  ADS_REPORTED,
  SPEND_INCIDENT_CLOSED,
  SPEND_INCIDENT_OPENED,
  SPEND_MOVE_ATTEMPTED,
  SPEND_MOVE_CONFIRMED,
  SPEND_MOVE_FAILED,
  SPEND_MOVE_UNKNOWN,
} from './ads/events.ts'
export type {
  AdLineSpec,
  AdsLinesApplied,
  AdsReported,
  PlatformTraits,
  ReportedDay,
  SpendIncidentOpened,
  SpendMove,
} from './ads/events.ts'
export { applyMove, settleMove } from './ads/apply-move.ts'
export type { MovePorts, MoveResult } from './ads/apply-move.ts'
export type { AdPlatform, PlatformLine, WriteResult } from './ads/port.ts'
