// E-mail addresses we write to: only those that can be read in one way by every parser on the road.
// Quoted local parts, comments, several addresses in one and control characters are refused.

const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const LABEL = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/

/**
 * What keeps an address from being written to; undefined when nothing does.
 * @example addressFault('ann@shop.example') === undefined // true
 */
export const addressFault = (address: string): string | undefined => {
  if (address.length > 254) return 'longer than 254 characters'
  const at = address.lastIndexOf('@')
  if (at < 1) return 'not an e-mail address'
  const local = address.slice(0, at)
  if (local.length > 64) return 'its part before the @ is longer than 64 characters'
  if (!LOCAL.test(local))
    return 'its part before the @ has signs that are not taken (quotes, blanks, non-Latin letters)'
  const labels = address.slice(at + 1).split('.')
  if (labels.length < 2 && labels[0] !== 'localhost') return 'its domain has no dot'
  return labels.every((label) => LABEL.test(label))
    ? undefined
    : 'its domain is not spelt as DNS names are (use the xn-- form)'
}

/** Whether `address` is on a list of addresses, `@domain`s or `*` (all). Case does not matter. */
export const isListed = (address: string, list: readonly string[]): boolean => {
  const given = address.toLowerCase()
  return list.some((entry) => {
    const wanted = entry.toLowerCase()
    return wanted === '*' || wanted === given || (wanted.startsWith('@') && given.endsWith(wanted))
  })
}
