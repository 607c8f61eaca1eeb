// Public exports of the profile slice: who it is.
export { compileExpression, matches } from './expression.ts'
export type { Expression, Facts } from './expression.ts'
export { consentSchema, isTextValid, readConsents, renderConsents, wordingsOf } from './consent-texts.ts'
export type { Wording } from './consent-texts.ts'
export type { ConsentRecord, ConsentState } from './consents.ts'
export { profileFeatures } from './features.ts'
export { erasuresBegun, isErased, isUntold, planErasure } from './erase.ts'
export type { ErasedMark, ErasurePlan } from './erase.ts'
export { personalOf, withOwners } from './owner.ts'
export { foldProfiles } from './fold.ts'
export type { Touch } from './fold.ts'
export { normaliseIdentifier } from './identifiers.ts'
export { DEFAULT_PROFILE_OPTIONS } from './options.ts'
export type { ProfileOptions, Refusal, RefusalCounts } from './options.ts'
export { dumpProfiles, restoreProfiles } from './profiles-dump.ts'
export {
  addressOf,
  consentOf,
  countProfiles,
  eachProfile,
  findProfile,
  idsOf,
  isSettled,
  mergesOf,
  openUnmerges,
  profileIdOf,
  refOf,
  refusalCounts,
  sampleProfiles,
  searchProfiles,
  slotCount,
  timelineOffsets,
  usualHoursOf,
} from './queries.ts'
export { segmentsAt } from './rule-profile.ts'
export {
  asksForScores,
  refreshSegments,
  rulesOnScores,
  segmentSchema,
  segmentSizes,
  segmentSpecs,
} from './segments.ts'
export type { SegmentSize } from './segments.ts'
export { createProfiles, rootOf } from './state.ts'
export type { ProfileRef, Profiles } from './state.ts'
export type { TraitValues } from './traits.ts'
export { planUnmerge } from './unmerge.ts'
export type { UnmergePlan } from './unmerge.ts'
export { localeOf, timeZoneOf } from './places.ts'
export { matchesFor } from './rule-profile.ts'
export type { RuleQuestion } from './rule-profile.ts'
export { STANDARD_TONE_EVENTS } from './tones.ts'
export { readToneSection, renderTone, toneSchema } from './tone-section.ts'
export { viewProfile } from './view.ts'
export type { ChannelView, FeatureView, ProfileView, ScoreView, ToneView } from './view-types.ts'
export { factOf, responseFact, sendFact } from './live-features.ts'
export { copyRow, createRehearsal, FACT_KINDS, mergePersonRows } from './person-row.ts'
export type { Fact, FactKind, PersonRow, Rehearsal } from './person-row.ts'
export { PERSON_COLUMNS, personVector, readVector, revenueOf } from './person-vector.ts'
export {
  periodText,
  privacySchema,
  readPrivacy,
  renderPrivacy,
  retentionChanges,
  shortens,
} from './privacy-section.ts'
export { DATA_CLASSES, DATED_CLASSES, firstKept } from './retention.ts'
export type { DatedClass, Retention } from './retention.ts'
export { isUnheard, unheardSince } from './unheard.ts'
