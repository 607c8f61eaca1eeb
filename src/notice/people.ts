// People who may be called: who fits what is asked, whom a name means, when they want to be left alone.

import type { Business } from '../kernel/business.ts'
import { isTimeZone, localTime } from '../kernel/time.ts'
import type { Preferences, WayName } from './events.ts'

export type Person = {
  readonly userId: string
  readonly name: string
  readonly role: string
  /** Lower case; only to know them by. */
  readonly address: string
  /** That reach them now, in the order in which they want to be called. */
  readonly ways: readonly WayName[]
  readonly quiet: Preferences['quiet']
  readonly briefHour: number | null
}

const WHO_APPROVES = ['approver', 'engineer', 'owner']

/** Whether they may act on it: one of its roles, or whoever approves. */
export const fits = ({ role }: Person, roles: readonly string[]): boolean =>
  (roles.length === 0 ? WHO_APPROVES : roles).includes(role)

/** Whether a word in a policy or a playbook means them: their id, name, address or role. */
export const isMeant = ({ userId, name, address, role }: Person, word: string): boolean => {
  const wanted = word.trim().toLowerCase()
  return wanted !== '' && [userId, name, address, role].some((known) => known.toLowerCase() === wanted)
}

/** The moment on the business's clock. */
export const hourOf = (at: number, { timeZone }: Business): { readonly hour: number; readonly day: number } =>
  localTime(at, isTimeZone(timeZone) ? timeZone : 'UTC')

/** Whether the hour is one of their quiet ones: [from, to), over midnight when from > to. */
export const isQuietFor = ({ quiet }: Person, hour: number): boolean => {
  if (quiet === null || quiet.fromHour === quiet.toHour) return false
  const { fromHour, toHour } = quiet
  return fromHour < toHour ? hour >= fromHour && hour < toHour : hour >= fromHour || hour < toHour
}
