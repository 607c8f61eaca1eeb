// `windvane models`: what the running system expects of people, how good that is, and training it now.

import type { Command } from 'commander'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../../kernel/failure.ts'
import type { Models } from '../../api/contract.ts'
import { readKeys, viewModels } from '../../api/views/models.ts'
import { trainInWorker } from '../../model/index.ts'
import { trainRound } from '../../stages/training.ts'
import { callServer, type ServerCard } from '../control.ts'
import { print } from '../output.ts'
import { modelsText } from './models-text.ts'
import { dataCommand, onEither, requireData, type Common } from './shared.ts'

const POLL_MS = 300

export const modelsCommand = (): Command =>
  dataCommand('models', 'what is expected of people: show the models in use, or train them now')
    .argument('[what]', '`show` or `train`', 'show')
    .argument('[model...]', 'models to train, such as churn; all when left out')
    .option('--lang <en|ru>', 'language of the text', 'en')
    .action(async (what: string, keys: readonly string[], options: Common & { readonly lang: string }) => {
      requireData(options.data)
      const train = readWhat(what)
      const models = await onEither(
        options.data,
        async (card) => (train ? trainOnServer(card, keys) : showOnServer(card)),
        async ({ loop }) => {
          const sources = { loop, models: { isRunning: () => false } }
          if (train)
            await trainRound(loop, readKeys(sources, keys.length === 0 ? undefined : keys), trainInWorker)
          return viewModels(sources)
        },
      )
      print(options, models, (value) => modelsText(value, options.lang === 'ru' ? 'ru' : 'en'))
      if (train && models.models.every(({ notTrained }) => notTrained !== null)) process.exitCode = 1
    })

const readWhat = (what: string): boolean => {
  if (what === 'show' || what === 'train') return what === 'train'
  throw new Failure({
    code: 'models.what',
    message: `\`${what}\` is nothing that can be done with models.`,
    hint: 'Write: windvane models show, or: windvane models train.',
  })
}

const showOnServer = async (card: ServerCard): Promise<Models> =>
  callServer<Models>(card, 'GET', '/api/models')

/** Asks for the training and waits until it is over. */
const trainOnServer = async (card: ServerCard, keys: readonly string[]): Promise<Models> => {
  let models = await callServer<Models>(card, 'POST', '/api/models/train', keys.length === 0 ? {} : { keys })
  while (models.training) {
    await sleep(POLL_MS)
    models = await showOnServer(card)
  }
  return models
}
