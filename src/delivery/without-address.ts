// What receivers answer often names whom the message was for. That answer is kept for good and by number of the
// person, so it is kept without.

const ADDRESS = /[^\s<>"'(),;:]{1,64}(?:@|%40)[\p{L}\d.-]{1,255}/giu
const LOCAL_PART_CHARS_MIN = 3

export const NO_ADDRESS = '(address)'

/**
 * The text without this address, its first part, and anything else that looks like one.
 *
 * @example withoutAddress('550 <anna@a.example>: no user anna', 'Anna@a.example') // '550 <(address)>: no user (address)'
 */
export const withoutAddress = (text: string, address: string): string => {
  const local = address.split('@')[0] ?? ''
  if (namesNobody(text, local)) return text
  let left = text
  for (const part of [address, encodeURIComponent(address)]) left = replaced(left, part, false)
  left = left.replace(ADDRESS, NO_ADDRESS)
  return local.length < LOCAL_PART_CHARS_MIN ? left : replaced(left, local, true)
}

/**
 * Most answers name nobody, and patterns made for one person are dear. Only where letters have two spellings and no
 * more, as in ASCII, does this tell.
 */
const namesNobody = (text: string, local: string): boolean =>
  isAscii(text) &&
  isAscii(local) &&
  !text.includes('@') &&
  !text.includes('%') &&
  !(local !== '' && text.toLowerCase().includes(local.toLowerCase()))

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text)

const replaced = (text: string, part: string, wholeWord: boolean): string => {
  if (part === '') return text
  const pattern = part.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&')
  const edge = '[\\p{L}\\d]'
  return text.replace(
    new RegExp(wholeWord ? `(?<!${edge})${pattern}(?!${edge})` : pattern, 'giu'),
    NO_ADDRESS,
  )
}
