// Both dictionaries say the same things with the same values, in every plural form the language has.

import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { en, type WordKey } from './en.ts'
import { choices, formatMessage, parseMessage, valueNames } from './message.ts'
import { ru } from './ru.ts'

const keys = Object.keys(en) as WordKey[]
const dictionaries = { en, ru } as const

describe('words', () => {
  it('C1 every key exists in every language and nothing is empty', () => {
    assert.deepEqual(Object.keys(ru).sort(), [...keys].sort())
    for (const words of Object.values(dictionaries))
      for (const key of keys) assert.notEqual(words[key].trim(), '', key)
  })

  it('C1 both languages use the same values in each message', () => {
    for (const key of keys)
      assert.deepEqual(valueNames(parseMessage(ru[key])), valueNames(parseMessage(en[key])), key)
  })

  it('C2 each plural has exactly the forms of its language, besides exact numbers', () => {
    for (const [lang, words] of Object.entries(dictionaries)) {
      const forms = [...new Intl.PluralRules(lang).resolvedOptions().pluralCategories].sort()
      for (const key of keys) {
        for (const choice of choices(parseMessage(words[key]))) {
          const cases = choice.cases.filter((name) => !name.startsWith('=')).sort()
          // English may leave out "one" where the noun does not change.
          if (choice.kind === 'plural')
            assert.deepEqual(
              lang === 'en' ? [...new Set([...cases, 'one'])].sort() : cases,
              forms,
              `${lang} ${key}`,
            )
          else assert.ok(cases.includes('other'), `${lang} ${key}`)
        }
      }
    }
  })

  it('C2 Russian counts 1, 2, 5, 11, 21, 22, 111 and 1.5 correctly', () => {
    const say = (count: number) => formatMessage(parseMessage(ru['resume.messages']), { count }, 'ru')
    assert.deepEqual([1, 2, 5, 11, 21, 22, 111, 1.5].map(say), [
      '1 сообщение',
      '2 сообщения',
      '5 сообщений',
      '11 сообщений',
      '21 сообщение',
      '22 сообщения',
      '111 сообщений',
      '1,5 сообщения',
    ])
  })

  it('C2 nested choices and exact numbers are written out', () => {
    const say = (lang: 'en' | 'ru', values: Record<string, number | string>) =>
      formatMessage(parseMessage(dictionaries[lang]['decisions.shown']), values, lang)
    assert.equal(say('en', { count: 1, more: 'no' }), '1 decision, that is all.')
    assert.equal(say('ru', { count: 1200, more: 'yes' }), 'Загружено 1\u00a0200 решений, ниже есть ещё.')
    assert.equal(
      formatMessage(parseMessage(en['away.needs']), { count: 0 }, 'en'),
      'It needs nothing from you.',
    )
  })

  it('C3 a message with unmatched braces is refused with its place', () => {
    assert.throws(() => parseMessage('{n, plural, one {# x}'), SyntaxError)
    assert.throws(() => parseMessage('a } b'), /unmatched } at 2/)
    assert.throws(() => parseMessage('{n, date}'), /unknown kind/)
  })

  it('C1 every word is used somewhere, and no view writes words of its own', () => {
    const root = fileURLToPath(new URL('..', import.meta.url))
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.tsx'),
    )
    const sources = files.map((file) => ({ file, text: readFileSync(`${root}/${file}`, 'utf8') }))
    const all = sources.map(({ text }) => text).join('\n')
    // Families whose last part is data: `nav.${view}`, named('reason', code).
    const families = new Set(
      [...all.matchAll(/t\(`([\w.]+)\.\$\{/g), ...all.matchAll(/named\('(\w+)'/g)].map((match) => match[1]),
    )
    const used = (key: string) =>
      all.includes(`'${key}'`) || [...families].some((family) => key.startsWith(`${family}.`))
    assert.deepEqual(
      keys.filter((key) => !used(key)),
      [],
    )
    for (const { file, text } of sources) assert.doesNotMatch(text, /[а-яё]/i, `${file} has Russian text`)
    for (const { file, text } of sources)
      assert.doesNotMatch(
        text,
        /<(p|h\d|span|button|li|dt|th)[^<>]*>\s*[A-Z][a-z]+/,
        `${file} has English text`,
      )
  })
})
