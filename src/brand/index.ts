// The brand slice: what people say, about whom, in what tone, and when it stands out.

// What was said, and about whom.
export type { EchoOptions, Echoes, Placed } from './mention/echoes.ts'
export { createEchoes, dumpEchoes, ECHO_DEFAULTS, placeEcho, restoreEchoes } from './mention/echoes.ts'
export type { Dictionary, Entity, EntityKind, EntityMatch } from './mention/entities.ts'
export { compileDictionary, ENTITIES_MAX, matchEntities } from './mention/entities.ts'
export type { Fingerprint } from './mention/fingerprint.ts'
export { fingerprintOf, likeness } from './mention/fingerprint.ts'
export type { Language, NormalisedMention } from './mention/normalise.ts'
export { normaliseMention, RAW_CHARS_MAX, TEXT_CHARS_MAX } from './mention/normalise.ts'
export {
  npsOf,
  RATING_SCALES,
  refuseRating,
  toneOfRating,
  type Nps,
  type Rating,
  type RatingScale,
} from './mention/rating.ts'
export { npsBetween } from './nps-days.ts'
export type { Word } from './mention/words.ts'
export { stemOf, wordsOf } from './mention/words.ts'
// In what tone.
export type { Emotion } from './tone/emotions.ts'
export { EMOTIONS } from './tone/emotions.ts'
export type { Focus, Span } from './tone/mask-text.ts'
export type { RiskKind, RiskWord, RiskWords } from './tone/risk-words.ts'
export { compileRiskWords, riskOf } from './tone/risk-words.ts'
export type { Learnt, Lesson, OwnWord, OwnWords } from './tone/own-words.ts'
export { byStem, learnOwnWords, LESSONS_MAX, LESSONS_MIN } from './tone/own-words.ts'
export { shippedTone } from './tone/shipped.ts'
export type { Sentiment, Tone, ToneInput, ToneModels } from './tone/tone.ts'
export { SENTIMENTS, toneOf } from './tone/tone.ts'
export { toneOfText } from './tone/tone-of-text.ts'
export type { TextTone } from './tone/tone-of-text.ts'
export type { ToneExam, ToneExample, TrainedTone, TrainToneInput, TrainToneOptions } from './tone/train.ts'
export { TONE_EXAMPLES_MAX, TONE_EXAMPLES_MIN, TRAIN_TONE_DEFAULTS, trainTone } from './tone/train.ts'
export type { PackedTone, ToneModel } from './tone/tone-model.ts'
export { PACKED_CHARS_MAX, packTone, unpackTone } from './tone/tone-model.ts'
// When it stands out.
export type { Heard, SpikeFinding, SpikeKind, SpikeSample, SpikeScale, SpikeTopic } from './spike/heard.ts'
export type { SpikeOptions } from './spike/judge.ts'
export { SPIKE_DEFAULTS } from './spike/judge.ts'
export type { Spikes } from './spike/spikes.ts'
export {
  createSpikes,
  dumpSpikes,
  foldHeard,
  judgeSpike,
  judgeSpikes,
  restoreSpikes,
  SUBJECTS_MAX,
} from './spike/spikes.ts'
// All of it for one mention.
export type { HeardMention, RawMention, ReadMention, Watch } from './read-mention.ts'
export { createWatch, dumpWatch, hearMention, readMention, restoreWatch } from './read-mention.ts'
// What playbooks do about it.
export { contradictionsOf, type Contradiction } from './contradictions.ts'
export { dumpBrand, restoreBrand } from './dump.ts'
export { storyWords } from './incident/story-words.ts'
export {
  dueSteps,
  dueTakeBack,
  holdIdOf,
  isCalm,
  isOver,
  isReversible,
  standing,
  type DueStep,
} from './incident/due.ts'
export {
  INCIDENTS_OPEN_MAX,
  STEP_WISH,
  ANSWER_WISH,
  type Incident,
  type StepState,
  type TimelineEntry,
} from './incident/incident.ts'
export { postMortemOf } from './incident/post-mortem.ts'
export { actsBefore, fitOf, type ActCount } from './own-acts.ts'
export {
  createBrand,
  foldBrand,
  mentionKey,
  mentionMonth,
  topicKey,
  wasHeard,
  type BrandState,
  type KnownCorrection,
  type KnownMention,
  type Mute,
  type SourceState,
} from './state.ts'
export { compileWhen, readBrand, renderBrand } from './watch/brand-schema.ts'
export { brandSchema } from './watch/brand-shape.ts'
