// `windvane keys`: keys for machines. A key is shown once, when it is made or rotated.

import { Command } from 'commander'
import type { ApiKeys, MadeKey } from '../../api/contract-access.ts'
import { Failure } from '../../kernel/failure.ts'
import { parseDuration } from '../../kernel/duration.ts'
import { KEY_SCOPES, LOCAL_OPERATOR, type KeyScope } from '../../kernel/principal.ts'
import { callServer } from '../control.ts'
import { numberIn } from '../config.ts'
import { print, table } from '../output.ts'
import { onAccess } from './on-access.ts'
import { dataCommand, type Common } from './shared.ts'

type Key = ApiKeys['items'][number]

const HOUR_MS = 3_600_000

export const keysCommand = (): Command =>
  new Command('keys')
    .description('keys for machines: sites, apps, scripts, agents')
    .addCommand(listKeys())
    .addCommand(makeKey())
    .addCommand(rotateKey())
    .addCommand(revokeKey())

const listKeys = (): Command =>
  dataCommand('list', 'all keys, with what they open and when they were last used')
    .option('--revoked', 'revoked ones as well', false)
    .action(async ({ data, json, revoked }: Common & { readonly revoked: boolean }) => {
      const items = (await keysIn(data)).filter(({ revokedAt }) => revoked || revokedAt === null)
      print({ json }, { items }, (answer) => keysText(answer.items))
    })

const makeKey = (): Command =>
  dataCommand('make', 'make a key and print it, this once')
    .argument('<name>', 'what uses it')
    .requiredOption('--scope <scope...>', `what it opens: ${KEY_SCOPES.join(', ')}`)
    .option('--per-second <n>', 'most requests a second; 0 = no limit of its own', '0')
    .action(
      async (
        name: string,
        {
          data,
          json,
          scope,
          perSecond,
        }: Common & { readonly scope: readonly string[]; readonly perSecond: string },
      ) => {
        const scopes = scope.flatMap((one) => one.split(',')).map(scopeOf)
        const perSecondMax = numberIn(perSecond)
        if (typeof perSecondMax === 'string')
          throw new Failure({
            code: 'cli.number',
            message: `${perSecond} is not a whole number.`,
            hint: 'Write --per-second 100.',
          })
        const made = await onAccess(
          data,
          async (card) => callServer<MadeKey>(card, 'POST', '/api/keys', { name, scopes, perSecondMax }),
          async ({ keys }) => ({
            ...(await keys.make({ name, scopes, perSecondMax }, LOCAL_OPERATOR)),
            overlapUntil: null,
          }),
        )
        print(
          { json },
          made,
          ({ id, key }) => `${key}\nKept as a hash only: this is the one time it is shown. Its id is ${id}.`,
        )
      },
    )

const rotateKey = (): Command =>
  dataCommand('rotate', 'a new key in place of an old one, which opens for a while longer')
    .argument('<id>', 'of the key, see windvane keys list')
    .option('--overlap <duration>', 'how long the old one still opens (24h, 30m, 0s)', '24h')
    .action(async (id: string, { data, json, overlap }: Common & { readonly overlap: string }) => {
      const overlapMs = overlap === '0' ? 0 : parseDuration(overlap)
      if (overlapMs === undefined || overlapMs < 0)
        throw new Failure({
          code: 'cli.duration',
          message: `${overlap} is not a duration.`,
          hint: 'Write 24h, 30m or 0s.',
        })
      const made = await onAccess(
        data,
        async (card) =>
          callServer<MadeKey>(card, 'POST', `/api/keys/${encodeURIComponent(id)}/rotate`, {
            overlapHours: overlapMs / HOUR_MS,
          }),
        async ({ keys }) => ({ id, ...(await keys.rotate(id, overlapMs, LOCAL_OPERATOR)) }),
      )
      print(
        { json },
        made,
        ({ key, overlapUntil }) =>
          `${key}\nThe old one opens until ${new Date(overlapUntil ?? 0).toISOString()}.`,
      )
    })

const revokeKey = (): Command =>
  dataCommand('revoke', 'a key opens nothing any more, at once and for good')
    .argument('<id>', 'of the key, see windvane keys list')
    .action(async (id: string, { data, json }: Common) => {
      await onAccess(
        data,
        async (card) => callServer(card, 'POST', `/api/keys/${encodeURIComponent(id)}/revoke`, {}),
        async ({ keys }) => keys.revoke(id, LOCAL_OPERATOR),
      )
      print({ json }, { id, revoked: true }, () => `${id} opens nothing any more.`)
    })

const scopeOf = (text: string): KeyScope => {
  const scope = KEY_SCOPES.find((one) => one === text)
  if (scope !== undefined) return scope
  throw new Failure({
    code: 'access.scope_unknown',
    message: `${text} is not a scope.`,
    hint: `Scopes: ${KEY_SCOPES.join(', ')}.`,
  })
}

const keysIn = async (data: string): Promise<readonly Key[]> =>
  onAccess(
    data,
    async (card) => (await callServer<ApiKeys>(card, 'GET', '/api/keys')).items,
    async ({ keys }) => keys.list().map((key) => ({ ...key, scopes: [...key.scopes] })),
  )

const keysText = (keys: readonly Key[]): string =>
  keys.length === 0
    ? 'There are no keys.'
    : table([
        ['id', 'name', 'opens', 'per second', 'last used', 'standing'],
        ...keys.map(({ id, name, scopes, perSecondMax, lastUsedAt, revokedAt, overlapUntil }) => [
          id,
          name,
          scopes.join(' '),
          perSecondMax === 0 ? '-' : perSecondMax,
          lastUsedAt === null ? 'never' : new Date(lastUsedAt).toISOString().slice(0, 16),
          revokedAt !== null
            ? 'revoked'
            : overlapUntil === null
              ? 'open'
              : 'rotated, the old one still opens',
        ]),
      ])
