// Which language of a creative a person gets.

/**
 * The nearest of `available` to `wanted` (BCP 47): the same, the same language, then each of `fallbacks`
 * likewise, then the first. undefined only when nothing is available.
 * @example pickLocale(['en', 'ru'], 'ru-RU', ['en']) === 'ru' // true
 */
export const pickLocale = (
  available: readonly string[],
  wanted: string,
  fallbacks: readonly string[] = [],
): string | undefined => {
  for (const choice of [wanted, ...fallbacks]) {
    const found = nearestLocale(available, choice)
    if (found !== undefined) return found
  }
  return available[0]
}

const nearestLocale = (available: readonly string[], wanted: string): string | undefined => {
  const whole = wanted.toLowerCase().replaceAll('_', '-')
  const language = whole.split('-')[0]
  if (language === undefined || language === '') return undefined
  return (
    available.find((locale) => locale.toLowerCase() === whole) ??
    available.find((locale) => locale.toLowerCase() === language) ??
    available.find((locale) => locale.toLowerCase().startsWith(`${language}-`))
  )
}
