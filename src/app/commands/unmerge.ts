// `windvane unmerge`: two people who were taken for one are two again, and so is what followed.

import type { Command } from 'commander'
import { Failure } from '../../kernel/failure.ts'
import { asProfileId } from '../../kernel/ids.ts'
import { LOCAL_OPERATOR } from '../../kernel/principal.ts'
import type { Customer } from '../../api/contract.ts'
import type { Identifier, IdentifierKind } from '../../profile/events.ts'
import { unmerge } from '../../stages/unmerge.ts'
import { callServer } from '../control.ts'
import { print } from '../output.ts'
import { dataCommand, onEither, requireData, type Common } from './shared.ts'

const KINDS: readonly IdentifierKind[] = ['user', 'anonymous', 'email', 'phone', 'device']

export const unmergeCommand = (): Command =>
  dataCommand('unmerge', 'take a wrong merge of two people apart')
    .argument('<profile>', 'profile id, such as p12')
    .requiredOption(
      '--leaving <kind:value...>',
      'identifiers that go to a profile of their own, such as user:u7',
    )
    .action(
      async (profile: string, { data, json, leaving }: Common & { readonly leaving: readonly string[] }) => {
        requireData(data)
        const identifiers = leaving.map(identifierOf)
        await onEither(
          data,
          async (card) => {
            await callServer<Customer>(
              card,
              'POST',
              `/api/customers/${encodeURIComponent(profile)}/unmerge`,
              { leaving: identifiers },
            )
          },
          async ({ loop }) =>
            unmerge(loop, { profileId: asProfileId(profile), leaving: identifiers, by: LOCAL_OPERATOR.name }),
        )
        print(
          { json },
          { profileId: profile, leaving: identifiers },
          () => `${profile} was taken apart: ${leaving.join(', ')} have a profile of their own.`,
        )
      },
    )

const identifierOf = (text: string): Identifier => {
  const kind = KINDS.find((one) => text.startsWith(`${one}:`))
  if (kind !== undefined) return { kind, value: text.slice(kind.length + 1) }
  throw new Failure({
    code: 'unmerge.identifier',
    message: `${text} is not an identifier.`,
    hint: `Write it as ${KINDS.map((one) => `${one}:…`).join(', ')}.`,
  })
}
