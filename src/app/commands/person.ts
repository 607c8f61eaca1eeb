// `windvane person`: all that is held on one person, and erasing it for good.

import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import type { Erasure, PersonExport } from '../../api/contract.ts'
import { Failure, messageOf } from '../../kernel/failure.ts'
import { profileIdOf } from '../../profile/index.ts'
import { erasePerson, exportPerson, personCalled } from '../../stages/erasing.ts'
import { readConfig } from '../config.ts'
import { callServer } from '../control.ts'
import { erasurePartsOf, ledgerOf } from '../erasures/erasure-parts.ts'
import { ledgerCopy } from '../erasures/ledger-file.ts'
import { openKeys } from '../keys.ts'
import { note, print } from '../output.ts'
import { dataCommand, onEither, requireData, type Common } from './shared.ts'

const TIMEOUT_MS = 10 * 60_000

export const personCommand = (): Command =>
  new Command('person')
    .description('what is held on one person, and erasing it')
    .addCommand(exportCommand())
    .addCommand(eraseCommand())

const exportCommand = (): Command =>
  dataCommand('export', 'all that is held on a person, as one JSON document')
    .argument('<who>', 'profile id, e-mail, phone, user id or device')
    .option('--out <file>', 'write it there instead of printing it')
    .action(async (who: string, { data, json, out }: Common & { readonly out?: string }) => {
      requireData(data)
      const found = await exportOf(data, who)
      const text = `${JSON.stringify(found, null, 2)}\n`
      if (out !== undefined) writeFileSync(out, text, { mode: 0o600 })
      const { profileId, events, complete } = found
      print({ json: json && out === undefined }, found, () =>
        out === undefined
          ? text.trimEnd()
          : `${profileId}: ${events.length} events${complete ? '' : ' (the newest; there are more)'} in ${out}`,
      )
    })

const eraseCommand = (): Command =>
  dataCommand('erase', 'destroy the keys of a person: nobody can read what the log held of them any more')
    .argument('<who...>', 'profile ids, e-mails, phones, user ids or devices')
    .option('--yes', 'really: it cannot be undone', false)
    .action(async (who: readonly string[], { data, json, yes }: Common & { readonly yes: boolean }) => {
      requireData(data)
      if (!yes)
        throw new Failure({
          code: 'person.not_confirmed',
          message: `This destroys what is held on ${who.length === 1 ? who[0] : `${who.length} people`} for good.`,
          hint: 'Look at it first with windvane person export; then pass --yes.',
        })
      const items: Erasure[] = await eraseAll(data, who)
      print({ json }, { items }, () =>
        items
          .map(
            ({ profileId, identifiers, suppressed }) =>
              `${profileId} is erased: ${identifiers} identifiers; ${suppressed} addresses are never written to again.`,
          )
          .join('\n'),
      )
    })

const exportOf = async (data: string, who: string): Promise<PersonExport> =>
  onEither<PersonExport>(
    data,
    async (card) =>
      callServer(card, 'GET', `/api/customers/${encodeURIComponent(who)}/export`, undefined, TIMEOUT_MS),
    async ({ loop }) => {
      const { identifiers, events, wordings, ...rest } = await exportPerson(
        loop,
        personCalled(loop.state, who),
      )
      return {
        ...rest,
        identifiers: [...identifiers],
        wordings: [...wordings],
        events: [...events],
      }
    },
  )

const eraseAll = async (data: string, who: readonly string[]): Promise<Erasure[]> =>
  onEither<Erasure[]>(
    data,
    async (card) => {
      const done: Erasure[] = []
      for (const one of who) {
        const path = `/api/customers/${encodeURIComponent(one)}`
        const { profileId } = await callServer<PersonExport>(
          card,
          'GET',
          `${path}/export`,
          undefined,
          TIMEOUT_MS,
        )
        done.push(await callServer(card, 'POST', `/api/customers/${profileId}/erase`, { confirm: profileId }))
      }
      return done
    },
    async (opened) => {
      const { state } = opened.loop
      const keys = openKeys(data)
      const { audit } = readConfig({ dir: data, env: process.env, flags: {} })
      const copy = ledgerCopy(audit.anchorPath, data)
      const report = (error: unknown): void => note(messageOf(error))
      const parts = erasurePartsOf(opened, ledgerOf(opened, { dir: data, keys, copy, report }), keys)
      const done: Erasure[] = []
      // All are found before the first is gone.
      for (const profileId of who.map((one) => profileIdOf(state.profile, personCalled(state, one))))
        done.push(await erasePerson(parts, personCalled(state, profileId), 'the operator'))
      return done
    },
  )
