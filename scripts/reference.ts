// Writes docs/reference/: what can be set, called, planned and typed, taken from the schemas, the routes
// and the commands themselves. test/docs.test.ts checks that the pages are current.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { configSchema } from '../src/app/config.ts'
import { isRecord } from '../src/kernel/json.ts'
import { httpReference } from './reference-http.ts'
import { planReference } from './reference-plan.ts'
import { root } from './run.ts'

/** Every page of the reference by its path. */
export const references = async (): Promise<Readonly<Record<string, string>>> => ({
  'docs/reference/cli.md': await cliReference(),
  'docs/reference/config.md': configReference(),
  'docs/reference/http.md': httpReference(),
  'docs/reference/plan.md': planReference(),
})

const CLI_HEAD = `# Commands

All commands take \`--json\` and then answer with one JSON document on standard output; remarks and progress go to
standard error. A command on a folder that a server runs on talks to that server; otherwise it opens the folder
itself. Exit codes: 0 done, 1 refused or failed (with a hint), 70 a bug of windvane.

This page is written by \`node scripts/reference.ts\` from the commands' own help.
`

const cliReference = async (): Promise<string> => {
  // Help shows a default taken from the environment; the page must not.
  delete process.env['WINDVANE_DATA_DIR']
  const folder = join(root, 'src', 'app', 'commands')
  const program = new Command('windvane')
  for (const file of readdirSync(folder).toSorted()) {
    if (file === 'shared.ts' || file === 'on-access.ts' || !file.endsWith('.ts') || file.endsWith('.test.ts'))
      continue
    const module: unknown = await import(join(folder, file))
    for (const [name, make] of Object.entries(isRecord(module) ? module : {}))
      if (name.endsWith('Command') && typeof make === 'function') program.addCommand(make() as Command)
  }
  const pages = program.commands
    .toSorted((left, right) => (left.name() < right.name() ? -1 : 1))
    .flatMap((command) => [
      ['', command] as const,
      ...command.commands.map((inner) => [`${command.name()} `, inner] as const),
    ])
    .map(
      ([above, command]) =>
        `## windvane ${above}${command.name()}\n\n\`\`\`text\n${command.configureHelp({ helpWidth: 100 }).helpInformation().trimEnd()}\n\`\`\`\n`,
    )
  return [CLI_HEAD, ...pages].join('\n')
}

const CONFIG_HEAD = `# Settings

Read in this order, later ones win: \`windvane.yaml\` in the data folder, the environment, the command line.
Unknown settings are refused. A setting in a group only counts when the group is there: without \`smtp:\` no mail
is sent, without \`webhook:\` no webhook.

This page is written by \`node scripts/reference.ts\` from the schema.

| setting | type | default | what it says |
| --- | --- | --- | --- |
`

const CONFIG_WORDS: Readonly<Record<string, string>> = {
  smtp: 'The mail server that messages are handed to.',
  'smtp.port': 'Its port.',
  'oidc[].clientId': 'As the provider knows this installation.',
  'oidc[].clientSecret': 'Better in `clientSecretFile`; empty for a public client.',
  'oidc[].scopes': 'What is asked for.',
  'smtp.user': 'Empty: no authentication.',
  'smtp.password': 'Better in `passwordFile`.',
  'smtp.passwordFile': 'A file with the password, for secrets that are mounted.',
  'smtp.connections': 'Connections at once.',
  webhook: 'Where the webhook channel posts to.',
  audit: 'Anchors: the end of the log’s chain, noted and signed outside of it.',
}

const configReference = (): string => {
  const rows = (schema: unknown, prefix: string): readonly string[] => {
    if (!isRecord(schema) || !isRecord(schema['properties'])) return []
    const required = Array.isArray(schema['required']) ? schema['required'] : []
    return Object.entries(schema['properties']).flatMap(([key, inner]) => {
      if (!isRecord(inner)) return []
      const path = `${prefix}${key}`
      const described = inner['description']
      const says = typeof described === 'string' ? described : (CONFIG_WORDS[path] ?? '')
      const missing = required.includes(key) && !('default' in inner) ? 'required' : ''
      const value = 'default' in inner ? `\`${JSON.stringify(inner['default'])}\`` : missing
      return [
        `| \`${path}\` | ${typeOf(inner)} | ${value} | ${says} |`,
        ...rows(inner, `${path}.`),
        ...rows(inner['items'], `${path}[].`),
      ]
    })
  }
  return `${CONFIG_HEAD}${rows(configSchema, '').join('\n')}\n${environmentTable()}`
}

const typeOf = (schema: Record<string, unknown>): string => {
  const { type, minimum, maximum, items } = schema
  if (type === 'object') return 'group'
  if (type === 'array')
    return isRecord(items) && items['type'] === 'object' ? 'list of groups' : 'list of text'
  if (type === 'boolean') return '`true`, `false`'
  if (type !== 'integer') return 'text'
  return `whole number ${JSON.stringify(minimum)}${maximum === undefined ? ' or more' : ` to ${JSON.stringify(maximum)}`}`
}

/** The environment's names stand in the source alone. */
const environmentTable = (): string => {
  const source = readFileSync(join(root, 'src', 'app', 'config.ts'), 'utf8')
  const found = [...source.matchAll(/^ {2}(WINDVANE_\w+): \[([^\]]+)\]/gm)].map(
    ([, name, path]) => `| \`${name}\` | \`${(path ?? '').replaceAll("'", '').replaceAll(', ', '.')}\` |`,
  )
  return `
## Environment

| variable | setting |
| --- | --- |
${found.join('\n')}
| \`WINDVANE_DATA_DIR\` | the data folder (\`--data\`) |

## The data folder

| file | what it is | back it up |
| --- | --- | --- |
| \`log.db\`, \`log.db-wal\` | the log: everything that ever happened | yes |
| \`keys.db\`, \`keys.db-wal\` | a key for each person: opens what the log holds of them; erasing destroys it | yes, apart from the log; let old copies go |
| \`keys.json\` | secrets that sign links and anchors, hash addresses and seal second factors | yes, apart from the log |
| \`access.json\` | passwords, sessions and keys as hashes, addresses of users | yes, apart from the log |
| \`windvane.yaml\` | settings | yes |
| \`anchors.ndjson\` | the end of the log’s chain now and then, signed; elsewhere with \`audit.anchorPath\` | yes, elsewhere |
| \`log.db.v1\` | the log as an older version wrote it, kept when it was brought to this one | until you are content |
| \`snapshots/\` | folded state, made again from the log when missing | no |
| \`STOP\` | while it is there nothing leaves | no |
| \`server.json\`, \`log.db.lock\`, \`log.db.pid\`, \`log.db-shm\` | of the running process | no |
`
}

if (process.argv[1] === import.meta.filename)
  for (const [path, text] of Object.entries(await references())) {
    writeFileSync(join(root, path), text)
    console.log(path)
  }
