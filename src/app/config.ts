// What an operator may set, from `windvane.yaml` in the data folder, the environment and the command
// line, in that order. One schema; unknown keys are refused with the nearest known one.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Type, type Static } from 'typebox'
import { parse } from 'yaml'
import { Failure, messageOf } from '../kernel/failure.ts'
import { isRecord } from '../kernel/json.ts'
import { ROLES } from '../kernel/principal.ts'
import { shapeOf } from '../kernel/problem.ts'
import { adAccountSchema, withAdSecrets } from './ad-config.ts'
import { notifySchema } from './notify/notify-config.ts'

const roleSchema = Type.Enum([...ROLES], { description: ROLES.join(', ') })

const oidcSchema = Type.Object(
  {
    id: Type.String({
      pattern: '^[a-z][a-z0-9-]{0,29}$',
      description:
        'A short name, part of the address to come back to: <publicUrl>/api/session/oidc/<id>/back.',
    }),
    name: Type.String({ minLength: 1, maxLength: 60, description: 'On the button of the sign-in page.' }),
    issuer: Type.String({ description: 'Its issuer, exactly as its discovery document has it.' }),
    clientId: Type.String({ minLength: 1 }),
    clientSecret: Type.String({ default: '' }),
    clientSecretFile: Type.String({
      default: '',
      description: 'A file with the secret, for secrets that are mounted.',
    }),
    scopes: Type.String({ default: 'openid email profile' }),
    roleClaim: Type.String({
      default: 'groups',
      description: 'The claim of the ID token that says what somebody is: a text or a list of texts.',
    }),
    roles: Type.Record(Type.String(), roleSchema, {
      description: 'From what the claim says to viewer, marketer, approver, engineer or owner.',
    }),
    hostsAllowed: Type.Array(Type.String(), {
      default: [],
      description: 'Private hosts of the provider that may be reached.',
    }),
  },
  { additionalProperties: false },
)

export const configSchema = Type.Object(
  {
    host: Type.String({ default: '127.0.0.1', description: 'Address to listen on.' }),
    port: Type.Integer({
      default: 8080,
      minimum: 0,
      maximum: 65_535,
      description: 'Port to listen on; 0 picks a free one.',
    }),
    publicUrl: Type.String({
      default: '',
      description:
        'How people reach this server from their mail; links are made with it. Empty: http://host:port.',
    }),
    environment: Type.Union([Type.Literal('production'), Type.Literal('test')], {
      default: 'production',
      description: '`test`: nobody is written to but the addresses of `allowlist`.',
    }),
    allowlist: Type.Array(Type.String({ minLength: 1, maxLength: 254 }), {
      default: [],
      description:
        'In a test environment: addresses, phones, `@domain` for all its mail, `webhook` for the webhook channel. Empty: nobody.',
    }),
    firstPolicy: Type.Union([Type.Literal('careful'), Type.Literal('none')], {
      default: 'careful',
      description:
        'Governance of a new installation: `careful` ramps new campaigns up (1 %, 10 %, everybody) and stops on complaints; `none` lets them act as their plan says.',
    }),
    smtp: Type.Optional(
      Type.Object(
        {
          host: Type.String({ description: 'Mail server to hand messages to.' }),
          port: Type.Integer({ default: 587, minimum: 1, maximum: 65_535 }),
          secure: Type.Boolean({ default: false, description: 'TLS from the first byte (port 465).' }),
          user: Type.String({ default: '' }),
          password: Type.String({ default: '' }),
          /** A file with the password, for secrets that are mounted. */
          passwordFile: Type.String({ default: '' }),
          connections: Type.Integer({ default: 4, minimum: 1, maximum: 64 }),
          recipientsAllowed: Type.Array(Type.String(), {
            default: [],
            description: 'When not empty, only these addresses or @domains are written to: for test systems.',
          }),
        },
        { additionalProperties: false },
      ),
    ),
    webhook: Type.Optional(
      Type.Object(
        {
          url: Type.String({ description: 'Where the webhook channel posts to.' }),
          secret: Type.String({ description: 'whsec_… (Standard Webhooks).' }),
          hostsAllowed: Type.Array(Type.String(), {
            default: [],
            description: 'Private hosts that may be reached.',
          }),
        },
        { additionalProperties: false },
      ),
    ),
    brand: Type.Object(
      {
        vkToken: Type.String({ default: '', description: 'Service token of VK, for sources of kind `vk`.' }),
        redditToken: Type.String({
          default: '',
          description: 'Token of Reddit, for sources of kind `reddit`.',
        }),
        hostsAllowed: Type.Array(Type.String(), {
          default: [],
          description: 'Private hosts that sources and the webhook of the plan may be on.',
        }),
        webhookSecret: Type.String({ default: '', description: 'whsec_… (Standard Webhooks).' }),
        pushSecrets: Type.Record(Type.String(), Type.String(), {
          default: {},
          description:
            'Secrets by source of the plan (`{zendesk: …}`) that what it pushes is signed with: Standard Webhooks, Zendesk, or X-Hub-Signature-256.',
        }),
        mailFrom: Type.String({
          default: '',
          description: 'Sender of notices; windvane@ the mail server when empty.',
        }),
      },
      { additionalProperties: false },
    ),
    notify: notifySchema,
    audit: Type.Object(
      {
        anchorPath: Type.String({
          default: '',
          description:
            'File or folder, best on another machine or a write-once disk, where the end of the log is noted and signed. Empty: `anchors.ndjson` in the data folder, which protects little.',
        }),
        anchorEveryRecords: Type.Integer({
          default: 10_000,
          minimum: 1,
          description: 'An anchor after so many log records,',
        }),
        anchorEverySeconds: Type.Integer({
          default: 60,
          minimum: 1,
          description: 'or after so long, when there was any; and one at the end.',
        }),
        webhookUrl: Type.String({
          default: '',
          description: 'Where anchors are posted to as well, as a signed webhook.',
        }),
        webhookSecret: Type.String({ default: '', description: 'whsec_… (Standard Webhooks).' }),
        webhookHostsAllowed: Type.Array(Type.String(), {
          default: [],
          description: 'Private hosts that may be reached.',
        }),
        webhookEverySeconds: Type.Integer({
          default: 3_600,
          minimum: 1,
          description: 'The latest anchor is posted at most so often.',
        }),
      },
      { additionalProperties: false },
    ),
    sessionHoursIdle: Type.Integer({
      default: 12,
      minimum: 1,
      maximum: 720,
      description: 'Hours after which a session that was not used is over.',
    }),
    sessionHoursMax: Type.Integer({
      default: 168,
      minimum: 1,
      maximum: 2_160,
      description: 'Hours after which people sign in again in any case.',
    }),
    userRequestsPerSecond: Type.Integer({
      default: 50,
      minimum: 0,
      description: 'Most requests a second of one person, in the long run; 0 = no limit.',
    }),
    keyRequestsPerSecond: Type.Integer({
      default: 0,
      minimum: 0,
      description: 'The same of one key that was not made with a limit of its own.',
    }),
    addressRequestsPerSecond: Type.Integer({
      default: 0,
      minimum: 0,
      description: 'The same of one network address, whoever asks.',
    }),
    trustedProxies: Type.Array(Type.String(), {
      default: [],
      description: 'Addresses of reverse proxies (CIDR allowed) whose X-Forwarded-For is believed.',
    }),
    ads: Type.Array(adAccountSchema, {
      default: [],
      maxItems: 50,
      description: 'Ad accounts whose lines a plan may move money between.',
    }),
    oidc: Type.Array(oidcSchema, {
      default: [],
      maxItems: 10,
      description: 'Identity providers (OpenID Connect) that people may sign in with.',
    }),
    snapshotEveryEvents: Type.Integer({
      default: 200_000,
      minimum: 1_000,
      description: 'A snapshot of folded state after so many log records.',
    }),
  },
  { additionalProperties: false },
)
export type Config = Static<typeof configSchema>

const checkShape = shapeOf(configSchema)

const ENVIRONMENT: Readonly<Record<string, readonly string[]>> = {
  WINDVANE_HOST: ['host'],
  WINDVANE_ENVIRONMENT: ['environment'],
  WINDVANE_FIRST_POLICY: ['firstPolicy'],
  WINDVANE_PORT: ['port'],
  WINDVANE_PUBLIC_URL: ['publicUrl'],
  WINDVANE_VK_TOKEN: ['brand', 'vkToken'],
  WINDVANE_REDDIT_TOKEN: ['brand', 'redditToken'],
  WINDVANE_TELEGRAM_TOKEN: ['notify', 'telegramToken'],
  WINDVANE_TELEGRAM_TOKEN_FILE: ['notify', 'telegramTokenFile'],
  WINDVANE_SMTP_HOST: ['smtp', 'host'],
  WINDVANE_SMTP_PORT: ['smtp', 'port'],
  WINDVANE_SMTP_USER: ['smtp', 'user'],
  WINDVANE_SMTP_PASSWORD: ['smtp', 'password'],
  WINDVANE_SMTP_PASSWORD_FILE: ['smtp', 'passwordFile'],
}

export type ConfigSources = {
  readonly dir: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly flags: Readonly<Record<string, unknown>>
}

/** The settings in force. Throws a Failure `config.*` that names the key, the value and what was expected. */
export const readConfig = ({ dir, env, flags }: ConfigSources): Config => {
  const merged = fromFile(join(dir, 'windvane.yaml'))
  for (const [name, path] of Object.entries(ENVIRONMENT)) {
    const value = env[name]
    if (value !== undefined && value !== '')
      setPath(merged, path, path.at(-1) === 'port' ? numberIn(value) : value)
  }
  for (const [key, value] of Object.entries(flags)) if (value !== undefined) merged[key] = value
  const filled = withDefaults(merged)
  const problems = checkShape(filled)
  if (problems.length === 0) return withSecrets(filled as Config, env)
  throw new Failure({
    code: 'config.invalid',
    message: problems.map(({ path, message }) => `Setting ${path}: ${message}.`).join(' '),
    hint:
      problems.find(({ hint }) => hint !== '')?.hint ??
      `Known settings: ${Object.keys(configSchema.properties).join(', ')}.`,
  })
}

/** A whole number as one; anything else stays text, for the check to name. */
export const numberIn = (text: string): number | string => (/^\d{1,9}$/.test(text) ? Number(text) : text)

const fromFile = (path: string): Record<string, unknown> => {
  if (!existsSync(path)) return {}
  try {
    const parsed: unknown = parse(readFileSync(path, 'utf8')) ?? {}
    if (isRecord(parsed)) return { ...parsed }
  } catch (cause) {
    throw new Failure({
      code: 'config.unreadable',
      message: `${path}: ${messageOf(cause)}`,
      hint: 'Mend the YAML.',
      cause,
    })
  }
  throw new Failure({
    code: 'config.unreadable',
    message: `${path} is not a list of settings.`,
    hint: 'Write `port: 8080` and the like.',
  })
}

const setPath = (target: Record<string, unknown>, path: readonly string[], value: unknown): void => {
  const [head, ...rest] = path
  if (head === undefined) return
  if (rest.length === 0) target[head] = value
  else {
    const inner = isRecord(target[head]) ? { ...target[head] } : {}
    target[head] = inner
    setPath(inner, rest, value)
  }
}

const withDefaults = (given: Record<string, unknown>): Record<string, unknown> => {
  const filled: Record<string, unknown> = defaultsOf(configSchema.properties, given)
  for (const group of ['smtp', 'webhook'] as const)
    if (isRecord(given[group]))
      filled[group] = defaultsOf(configSchema.properties[group].properties, given[group])
  for (const group of ['audit', 'brand', 'notify'] as const) {
    const { [group]: section = {} } = given
    if (isRecord(section)) filled[group] = defaultsOf(configSchema.properties[group].properties, section)
  }
  for (const [list, { properties }] of [
    ['oidc', oidcSchema],
    ['ads', adAccountSchema],
  ] as const)
    if (Array.isArray(given[list]))
      filled[list] = given[list].map((one: unknown) => (isRecord(one) ? defaultsOf(properties, one) : one))
  return filled
}

const defaultsOf = (
  properties: Readonly<Record<string, object>>,
  given: Record<string, unknown>,
): Record<string, unknown> => ({
  ...Object.fromEntries(
    Object.entries(properties).flatMap(([key, schema]) =>
      'default' in schema ? [[key, schema.default]] : [],
    ),
  ),
  ...given,
})

/** Secrets that stand in files of their own. */
const withSecrets = (config: Config, env: ConfigSources['env']): Config => {
  const { smtp, oidc, ads, notify } = config
  return {
    ...config,
    ...(notify.telegramTokenFile === ''
      ? {}
      : {
          notify: {
            ...notify,
            telegramToken: secretIn('notify.telegramTokenFile', notify.telegramTokenFile),
          },
        }),
    ...(smtp === undefined || smtp.passwordFile === ''
      ? {}
      : { smtp: { ...smtp, password: secretIn('smtp.passwordFile', smtp.passwordFile) } }),
    ads: ads.map((account) => withAdSecrets(account, env, secretIn)),
    oidc: oidc.map((provider) =>
      provider.clientSecretFile === ''
        ? provider
        : { ...provider, clientSecret: secretIn('oidc.clientSecretFile', provider.clientSecretFile) },
    ),
  }
}

const secretIn = (setting: string, file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new Failure({
      code: 'config.secret_unreadable',
      message: `${setting}: ${messageOf(cause)}`,
      hint: 'Check the path and its rights.',
      cause,
    })
  }
}
