// Emoji in words, so that a list of words knows them: short descriptions of those that carry a mood or a threat.

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  'grinning face': '😀😃😄',
  'beaming face with smiling eyes': '😁',
  'face with tears of joy': '😂🤣',
  'smiling face': '🙂☺😊😇',
  'smiling face with hearts': '🥰😍🤩',
  'face blowing a kiss': '😘😗😚',
  'kiss mark': '💋',
  'face savoring food': '😋',
  'winking face': '😉',
  'cool face': '😎',
  'thumbs up good': '👍',
  'clapping hands bravo': '👏',
  'party celebration': '🎉🎊🥳',
  'heart with arrow': '💘',
  'red heart love': '❤💕💖💗💙💚💛💜🧡🖤💓💞',
  'broken heart': '💔',
  'fire great': '🔥',
  'ok good': '👌🆗',
  'thank you': '🙏',
  strong: '💪',
  'sad face': '😔😞😟🙁☹😢',
  'loudly crying face': '😭',
  'worried face': '😧😦😥😓',
  'fearful face': '😨😰',
  'face screaming in fear': '😱',
  'astonished face': '😲😮😯🤯',
  'angry face': '😠😡🤬👿',
  'thumbs down bad': '👎',
  'face with rolling eyes annoyed': '🙄😒😑',
  'nauseated disgusted face': '🤢🤮',
  'skull death': '💀☠',
  'pile of poo': '💩',
  'clown stupid': '🤡',
  'tired face': '😩😫😴',
  'shame facepalm': '🤦',
  'warning danger': '⚠🚨',
}

const BY_EMOJI: ReadonlyMap<string, string> = new Map(
  Object.entries(DESCRIPTIONS).flatMap(([words, emoji]) => Array.from(emoji, (one) => [one, words] as const)),
)

/** Emoji that are known, as words between blanks. */
export const emojiWords = (text: string): string => {
  // Pictures stand among the signs after the first letters.
  if (!/[^\0-\xa8]/.test(text)) return text
  return text.replace(/\p{Extended_Pictographic}/gu, (emoji) => {
    const words = BY_EMOJI.get(emoji)
    return words === undefined ? emoji : ` ${words} `
  })
}
