// Sources that answer in JSON: VK's search (`newsfeed.search`), Reddit's (`/search`), and any other by a mapping.

import { Failure } from '../../kernel/failure.ts'
import { isRecord } from '../../kernel/json.ts'
import { ITEMS_MAX, rawMention, type RawMention, type Who } from './raw-mention.ts'

/** VK API 5.199, `newsfeed.search`. Throws Failures `mentions.auth`, `mentions.busy`, `mentions.refused`, `mentions.format`. */
export const readVk = (json: unknown, now: number): readonly RawMention[] => {
  const error = at(json, 'error')
  if (isRecord(error)) throw vkFailure(Number(error['error_code']), textAt(error, 'error_msg'))
  const names = new Map<number, string>()
  for (const one of listAt(json, 'response.profiles'))
    names.set(Number(at(one, 'id')), `${textAt(one, 'first_name')} ${textAt(one, 'last_name')}`.trim())
  for (const one of listAt(json, 'response.groups')) names.set(-Number(at(one, 'id')), textAt(one, 'name'))
  return itemsAt(json, 'response.items').flatMap((item) => {
    const owner = Number(at(item, 'owner_id'))
    const from = Number(at(item, 'from_id') ?? owner)
    const id = `${owner}_${textAt(item, 'id')}`
    return some(
      rawMention(
        {
          id,
          at: Number(at(item, 'date')),
          author: names.get(from) ?? `${from}`,
          url: `https://vk.com/wall${id}`,
          text: textAt(item, 'text'),
        },
        now,
      ),
    )
  })
}

const VK_BUSY = new Set([6, 9, 29])
const VK_AUTH = new Set([5, 15, 27, 28])
const vkFailure = (code: number, message: string): Failure =>
  new Failure({
    code: VK_BUSY.has(code) ? 'mentions.busy' : VK_AUTH.has(code) ? 'mentions.auth' : 'mentions.refused',
    message: `VK says ${code}: ${message}`,
    hint: VK_AUTH.has(code) ? 'Set a service token that is allowed to search.' : 'It is tried again later.',
  })

/** A listing of Reddit. Throws Failure `mentions.format`. */
export const readReddit = (json: unknown, now: number): readonly RawMention[] =>
  itemsAt(json, 'data.children').flatMap((child) => {
    const link = textAt(child, 'data.permalink')
    return some(
      rawMention(
        {
          id: textAt(child, 'data.name'),
          at: Number(at(child, 'data.created_utc')),
          author: textAt(child, 'data.author'),
          url: link === '' ? '' : `https://www.reddit.com${link}`,
          text: [textAt(child, 'data.title'), textAt(child, 'data.selftext'), textAt(child, 'data.body')]
            .filter((part) => part !== '')
            .join('\n'),
        },
        now,
      ),
    )
  })

/**
 * Any list of objects by `mapping`, or one object where it names no `items`: `id`, and `text` or `score`; where there are
 * such, `at`, `author`, `url`, `about` and who said it. `text: subject + body` joins two places, `only: type=ticket.created`
 * passes others over. What has no id or says nothing is left out.
 */
export const readMapped = (
  json: unknown,
  mapping: Readonly<Record<string, string>>,
  now: number,
): readonly RawMention[] => mappedItems(json, mapping).flatMap((item) => some(mappedOne(item, mapping, now)))

/** Where the objects are that the mapping speaks of; those that `only` asks for. Throws Failure `mentions.format`. */
export const mappedItems = (json: unknown, mapping: Readonly<Record<string, string>>): readonly unknown[] => {
  const { items: path, only = '' } = mapping
  const items = path === undefined && isRecord(json) ? [json] : itemsAt(json, path ?? '')
  const [place = '', wanted = ''] = only.split('=')
  return only === '' ? items : items.filter((item) => wanted.split('|').includes(textAt(item, place)))
}

/** null when it has no id, or says nothing. */
export const mappedOne = (
  item: unknown,
  mapping: Readonly<Record<string, string>>,
  now: number,
): RawMention | null => {
  const field = (name: string): string =>
    (mapping[name] ?? '')
      .split(' + ')
      .map((path) => (path === '' ? '' : textAt(item, path)))
      .filter((part) => part !== '')
      .join('\n')
  const score = mapping['score'] === undefined ? '' : field('score').trim().replace(',', '.')
  const who: Who = {
    ...given('userId', field('userId')),
    ...given('anonymousId', field('anonymousId')),
    ...given('email', field('email')),
    ...given('phone', field('phone')),
  }
  return rawMention(
    {
      id: field('id'),
      at: field('at'),
      author: field('author'),
      url: field('url'),
      text: field('text'),
      score: score === '' ? undefined : Number(score),
      about: field('about'),
      who: Object.keys(who).length === 0 ? undefined : who,
    },
    now,
  )
}

const given = (name: string, value: string): Record<string, string> => (value === '' ? {} : { [name]: value })

const some = (read: RawMention | null): readonly RawMention[] => (read === null ? [] : [read])

/** By a path such as `data.list.0.text`; '' = the value itself. */
const at = (value: unknown, path: string): unknown => {
  let found = value
  for (const step of path === '' ? [] : path.split('.')) {
    if (Array.isArray(found)) found = found[Number(step)]
    else if (isRecord(found) && Object.hasOwn(found, step)) found = found[step]
    else return undefined
  }
  return found
}

const textAt = (value: unknown, path: string): string => {
  const found = at(value, path)
  return typeof found === 'string' ? found : typeof found === 'number' ? String(found) : ''
}
const listAt = (value: unknown, path: string): readonly unknown[] => {
  const found = at(value, path)
  return Array.isArray(found) ? found : []
}

const itemsAt = (value: unknown, path: string): readonly unknown[] => {
  const found = at(value, path)
  if (!Array.isArray(found))
    throw new Failure({
      code: 'mentions.format',
      message: `The answer has no list at \`${path}\`.`,
      hint: 'Compare the mapping with what the address answers.',
    })
  return found.slice(0, ITEMS_MAX)
}
