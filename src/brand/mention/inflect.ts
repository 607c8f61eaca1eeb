// How a name may be spelt in a text: Russian endings of nouns and adjectives, English possessives and plurals. Names are
// not in dictionaries, so all endings that their last letters allow are taken; a stem would confuse "Магнит" with "магния".

const NOUN: readonly (readonly [ending: RegExp, others: readonly string[]])[] = [
  [
    /(?:ый|ий|ой)$/,
    [
      'ый',
      'ий',
      'ой',
      'ого',
      'его',
      'ому',
      'ему',
      'ым',
      'им',
      'ом',
      'ем',
      'ые',
      'ие',
      'ых',
      'их',
      'ыми',
      'ими',
      'ая',
      'ую',
      'ое',
    ],
  ],
  [/(?:ая|яя)$/, ['ая', 'яя', 'ой', 'ей', 'ую', 'юю', 'ою', 'ые', 'ых', 'ым', 'ыми']],
  [/(?:ое|ее)$/, ['ое', 'ее', 'ого', 'его', 'ому', 'ему', 'ым', 'им', 'ом', 'ем', 'ые', 'ых', 'ыми']],
  [/ия$/, ['ия', 'ии', 'ию', 'ией', 'ий', 'иям', 'иями', 'иях']],
  [/(?:ие|ье)$/, ['ие', 'ия', 'ию', 'ием', 'ии', 'ье', 'ья', 'ью', 'ьем']],
  [/а$/, ['а', 'ы', 'и', 'е', 'у', 'ой', 'ою', 'ей', '', 'ам', 'ами', 'ах']],
  [/я$/, ['я', 'и', 'е', 'ю', 'ей', 'ею', 'ь', 'й', 'ям', 'ями', 'ях']],
  [/й$/, ['й', 'я', 'ю', 'ем', 'е', 'и', 'ев', 'ям', 'ями', 'ях']],
  [/ь$/, ['ь', 'я', 'ю', 'ем', 'е', 'и', 'ью', 'ей', 'ям', 'ями', 'ях']],
  [/о$/, ['о', 'а', 'у', 'ом', 'е']],
  [/е$/, ['е', 'я', 'ю', 'ем', 'и']],
  [/[бвгджзклмнпрстфхцчшщ]$/, ['', 'а', 'у', 'ом', 'ем', 'е', 'ы', 'и', 'ов', 'ев', 'ей', 'ам', 'ами', 'ах']],
]
/** "Сбербанк" and "Сбербанковский", "Яндекс" and "яндексовый". */
const ADJECTIVE = ['овск', 'ск']
const ADJECTIVE_ENDINGS = ['ий', 'ого', 'ому', 'им', 'ом', 'ая', 'ой', 'ую', 'ое', 'ие', 'их', 'ими']
/** Shorter names are abbreviations more often than words: "МТС", "ВТБ", "РЖД". */
const INFLECTED_CHARS_MIN = 4

/**
 * Folded spellings of one folded word of a name, itself among them.
 * @example inflectedForms('сбер').includes('сбером') // true
 */
export const inflectedForms = (word: string): readonly string[] => {
  if (/^[a-z]+$/.test(word)) return word.length < 3 ? [word] : [word, `${word}s`, `${word}es`]
  if (!/^[а-я]+$/.test(word) || word.length < INFLECTED_CHARS_MIN) return [word]
  const forms = new Set([word])
  const rule = NOUN.find(([ending]) => ending.test(word))
  if (rule !== undefined) {
    const base = word.replace(rule[0], (end) => (/[бвгджзклмнпрстфхцчшщ]/.test(end) ? end : ''))
    for (const end of rule[1]) if (base.length + end.length > 2) forms.add(base + end)
  }
  if (/[бвгджзклмнпрстфхцчшщ]$/.test(word))
    for (const suffix of ADJECTIVE) for (const end of ADJECTIVE_ENDINGS) forms.add(word + suffix + end)
  return [...forms]
}
