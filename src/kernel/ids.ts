// Branded ids: a decision id cannot be handed over where a campaign id is meant.

declare const brand: unique symbol
type Brand<T, B extends string> = T & { readonly [brand]: B }

export type EventId = Brand<string, 'EventId'>
/** `p<number>`: given in the order of first sight by the profile fold, so the same log gives the same ids. */
export type ProfileId = Brand<string, 'ProfileId'>
export type DecisionId = Brand<string, 'DecisionId'>
export type CampaignId = Brand<string, 'CampaignId'>
export type ActionId = Brand<string, 'ActionId'>
export type CreativeId = Brand<string, 'CreativeId'>

export const asEventId = (text: string) => text as EventId
export const asProfileId = (text: string) => text as ProfileId
export const asDecisionId = (text: string) => text as DecisionId
export const asCampaignId = (text: string) => text as CampaignId
export const asActionId = (text: string) => text as ActionId
export const asCreativeId = (text: string) => text as CreativeId

/** The action that is in every eligible set: to leave the person alone. */
export const NOTHING = asActionId('nothing')
