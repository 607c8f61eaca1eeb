// `windvane start`: the server, until it is told to end.

import type { Command } from 'commander'
import { openAdAccounts } from '../ad-accounts.ts'
import { systemClock } from '../clock.ts'
import { numberIn, readConfig } from '../config.ts'
import { applyFirstPolicy } from '../first-policy.ts'
import { openKeys, type Keyring } from '../keys.ts'
import { note, print } from '../output.ts'
import { serve } from '../serve.ts'
import { untilToldToEnd } from '../lifetime.ts'
import { reportTo } from '../report.ts'
import { SIGNAL_REASON } from '../stop-at-once.ts'
import { dataCommand, type Common } from './shared.ts'

type StartOptions = Common & { readonly port?: string; readonly host?: string }

export const startCommand = (): Command =>
  dataCommand('start', 'run the server; the first start makes keys and prints them once')
    .option('--port <n>', 'port to listen on (8080)')
    .option('--host <address>', 'address to listen on (127.0.0.1)')
    .action(async (options: StartOptions) => start(options))

const start = async ({ data: dir, json, port, host }: StartOptions): Promise<void> => {
  const flags = {
    ...(port === undefined ? {} : { port: numberIn(port) }),
    ...(host === undefined ? {} : { host }),
  }
  const config = readConfig({ dir, env: process.env, flags })
  const keys = openKeys(dir)
  const ads = { platforms: openAdAccounts(config.ads, Date.now), demandOn: () => null }
  const served = await serve({
    dir,
    config,
    keys,
    clock: systemClock,
    mode: 'live',
    report: reportTo(note),
    ads,
  })
  const setupUrl = await served.setupUrl()
  const careful = await applyFirstPolicy(served.system.loop, config)
  print({ json }, { url: served.url, data: dir, keys: keys.fresh, setupUrl }, ({ url }) =>
    [`Windvane listens on ${url}  (data in ${dir})`, keysText(keys), consoleText(url, setupUrl)].join('\n'),
  )
  if (careful)
    note(
      'New campaigns reach 1 %, then 10 %, then everybody, and stop on complaints: windvane policy shows how, windvane autonomy how far they are.',
    )
  if (config.environment === 'test')
    note(`TEST environment: nobody is written to but ${config.allowlist.length} entries of the allowlist.`)
  if (config.smtp === undefined)
    note(
      'No mail server is set: e-mail actions are left out. Set smtp: in windvane.yaml or WINDVANE_SMTP_HOST.',
    )
  await untilToldToEnd(
    async () => served.close(),
    () => {
      served.system.stopFile?.write(SIGNAL_REASON)
      note('STOP: nothing leaves any more. Resume with: windvane resume')
    },
    note,
  )
}

const keysText = ({ fresh }: Keyring): string =>
  fresh === null
    ? 'The keys are those printed at the first start.'
    : [
        '',
        'Keys, shown this once; keep them safe:',
        `  ingest  ${fresh.ingest}   brings events (write key of Segment clients)`,
        `  decide  ${fresh.decide}   asks for decisions`,
        `  admin   ${fresh.admin}   for programs that administer`,
        '',
      ].join('\n')

const consoleText = (url: string, setupUrl: string | null): string =>
  setupUrl === null
    ? `Console: ${url}`
    : [
        'Nobody owns this installation yet. Open this link, give your address and choose a password:',
        `  ${setupUrl}`,
        'It works once; each start prints a new one until there is an owner.',
      ].join('\n')
