// Every limit of the profile slice by name. At a limit the safe thing is done and counted (P19).

export type ProfileOptions = {
  /** Identifiers that one profile may hold. */
  readonly identifiersMax: number
  /** Profiles that may be merged into one. */
  readonly mergesMax: number
  /** Trait keys of one profile. */
  readonly traitsMax: number
  /** Characters of one trait's JSON text. */
  readonly traitCharsMax: number
  /** Characters of all traits of a profile as JSON text. */
  readonly traitsCharsMax: number
  /** Channel and purpose pairs of one profile. */
  readonly consentsMax: number
  /** Distinct categories, consent texts, sources and the like that are remembered by name, each kind for itself. */
  readonly namesMax: number
  /** Timeline entries kept over all profiles; older ones fall off. */
  readonly timelineMax: number
  readonly segmentsMax: number
  /** Events kept aside for one profile while it is taken apart. */
  readonly asideMax: number
  /** Pairs of profiles that may not be merged again. */
  readonly barsMax: number
  /** People whose tone is kept. */
  readonly tonesMax: number
}

export const DEFAULT_PROFILE_OPTIONS: ProfileOptions = {
  identifiersMax: 100,
  mergesMax: 50,
  traitsMax: 64,
  traitCharsMax: 1_024,
  traitsCharsMax: 8_192,
  consentsMax: 32,
  namesMax: 4_096,
  timelineMax: 4_194_304,
  segmentsMax: 64,
  asideMax: 10_000,
  barsMax: 10_000,
  tonesMax: 500_000,
}

/** Why something was not taken into a profile. */
export const REFUSALS = [
  'id_placeholder',
  'id_blank',
  'id_too_long',
  'id_not_text',
  'email_malformed',
  'phone_malformed',
  'no_identifier',
  'user_conflict',
  'email_conflict',
  'phone_conflict',
  'merge_barred',
  'merge_cap',
  'identifier_cap',
  'trait_key_refused',
  'trait_too_large',
  'traits_full',
  'consents_full',
  'names_full',
  'aside_full',
  'bars_full',
  'tones_full',
  'unknown_profile',
] as const
export type Refusal = (typeof REFUSALS)[number]
export type RefusalCounts = { [reason in Refusal]: number }

export const noRefusals = (): RefusalCounts =>
  Object.fromEntries(REFUSALS.map((reason) => [reason, 0])) as RefusalCounts
