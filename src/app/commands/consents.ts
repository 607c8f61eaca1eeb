// `windvane consents`: what people are asked to agree to, each wording with the version that whoever asks must record.

import type { Command } from 'commander'
import type { ConsentTexts } from '../../api/contract.ts'
import { viewConsentTexts } from '../../api/views/consent-texts.ts'
import { callServer } from '../control.ts'
import { print, table } from '../output.ts'
import { dataCommand, onEither, requireData, type Common } from './shared.ts'

export const consentsCommand = (): Command =>
  dataCommand('consents', 'the texts of consent in force, with the version to record of each').action(
    async ({ data, json }: Common) => {
      requireData(data)
      const texts = await onEither<ConsentTexts>(
        data,
        async (card) => callServer(card, 'GET', '/api/consents'),
        async ({ loop }) => viewConsentTexts(loop.state),
      )
      print({ json }, texts, consentsText)
    },
  )

const consentsText = ({ items }: ConsentTexts): string =>
  items.length === 0
    ? 'The plan has no texts of consent: consents are taken with whatever version they name.'
    : table([
        ['text', 'purpose', 'channels', 'version to record', 'older consents'],
        ...items.map(({ id, purpose, channels, version, demand }) => [
          id,
          purpose,
          channels.length === 0 ? 'all' : channels.join(', '),
          version,
          demand ? 'do not count' : 'count',
        ]),
      ])
