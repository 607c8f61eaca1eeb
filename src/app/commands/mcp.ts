// `windvane mcp`: the tools for agents on standard input and output, for programs that start their servers themselves.

import { Command } from 'commander'
import { Failure } from '../../kernel/failure.ts'
import { createRelay, serveRelay, type RelayTarget } from '../mcp-relay.ts'
import { DATA_DEFAULT } from '../stop-at-once.ts'
import { requireData } from './shared.ts'

type McpOptions = { readonly data: string; readonly url?: string }

export const mcpCommand = (): Command =>
  new Command('mcp')
    .description(
      'tools for agents (Model Context Protocol) on standard input and output; where no server runs on the folder it is only read',
    )
    .option('--data <dir>', 'data folder', process.env['WINDVANE_DATA_DIR'] ?? DATA_DEFAULT)
    .option('--url <url>', 'an installation elsewhere, in place of a folder; the key comes from WINDVANE_KEY')
    .action(async (options: McpOptions) => serveRelay(createRelay(targetOf(options))))

/** The key is read from the environment: what stands on a command line, everybody on the machine can read. */
const targetOf = ({ data, url }: McpOptions): RelayTarget => {
  const key = process.env['WINDVANE_KEY'] ?? ''
  if (url === undefined) {
    requireData(data)
    return { kind: 'folder', dir: data, key }
  }
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Failure({ code: 'mcp.url', message: `${url} is no address.`, hint: 'Write https://…' })
  if (key === '')
    throw new Failure({
      code: 'mcp.no_key',
      message: 'There is no key.',
      hint: 'Make one with: windvane keys make <name> --scope mcp, and set WINDVANE_KEY.',
    })
  return { kind: 'url', url, key }
}
