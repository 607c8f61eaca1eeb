// What a fact says to people, as a code with its figures: the words are made where somebody reads them, in the reader's
// language, so that nothing is written into the log in a language that nobody asked for.

export type SaidCode =
  /** What a playbook wishes: `step`, `incident`, `entity`. */
  | 'step'
  /** Everything taken back at once: `incident`, `entity`. */
  | 'stand_down'
  | 'cannot_be_unsaid'
  | 'held_until_over'
  | 'promotions_go_again'
  /** `severity`, `mentions`. */
  | 'incident_seen'
  /** `at`, ms. */
  | 'calm_since'
  /** An ad line beside the topic: `name`, `word`, `where`, `what`. */
  | 'line_beside'
  /** `creatives`, parted by commas. */
  | 'risk_words_in'
  /** `count` of a batch. */
  | 'with_discount'
  /** `contacts`. */
  | 'contacts'
  | 'plan_in_force'
  /** The process ended between the call and its answer. */
  | 'process_ended'
  | 'ground_moved'
  /** `kind`. */
  | 'nothing_does'
  /** What went wrong in our own terms: `failure`, a code of the catalogues. */
  | 'failure'
  /** Neither arrived nor refused for certain; `answer` is what was heard. */
  | 'maybe_arrived'
  /** Users are called by their own ways; `answer` is what the other ways said. */
  | 'users_by_own_ways'

/** What is wrong with ad money. */
export type MoneySaidCode =
  /** `platform`. */
  | 'no_account'
  /** `platform`, `failure`, a code of the catalogues, and `answer`, what was heard. */
  | 'platform_fails'
  /** `platform`, `theirs`, `ours`. */
  | 'other_currency'
  /** `line`. */
  | 'no_such_line'
  /** `amount`, as it was told. */
  | 'odd_budget'
  | 'odd_spend'
  /** `day`, as it was told. */
  | 'day_ahead'
  /** `value`, `conversions`, as they were told. */
  | 'odd_results'
  /** `factor`, `is`: more or less than it was. */
  | 'budget_in_other_unit'
  | 'spend_in_other_unit'
  /** `came`, `due`. */
  | 'conversions_missing'
  /** `spent`, here and below in the currency of the books. */
  | 'spent_though_paused'
  /** `spent`, `budget`, `by`, `expected`. */
  | 'spent_too_much'
  /** `spent`, `budget`, `hours`. */
  | 'spent_in_a_rush'
  /** `name`, `platform`, `why`: a code of what the last try came to; `reasons`, codes of a refusal of our own. */
  | 'may_still_spend'
  /** `written`, `read`. */
  | 'other_budget_in_force'

export type Said = {
  readonly code: SaidCode | MoneySaidCode
  readonly values: Readonly<Record<string, string | number>>
}

/** @example said('contacts', { contacts: 12 }).values['contacts'] // 12 */
export const said = (code: Said['code'], values: Said['values'] = {}): Said => ({ code, values })
