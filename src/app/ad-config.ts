// Settings of ad accounts: which there are, and what they are reached with. Secrets stand in the settings, in files of
// their own, or in the environment, and nowhere else.

import { Type, type Static } from 'typebox'

export const AD_ACCOUNT_PLATFORMS = ['google-ads', 'meta', 'yandex-direct', 'vk-ads', 'file'] as const
export const AD_SECRETS = ['developerToken', 'clientSecret', 'refreshToken', 'accessToken'] as const

const secret = (description: string) => Type.String({ default: '', description })
const secretFile = Type.String({
  default: '',
  description: 'A file with the same, for secrets that are mounted.',
})

export const adAccountSchema = Type.Object(
  {
    platform: Type.Enum([...AD_ACCOUNT_PLATFORMS], { description: AD_ACCOUNT_PLATFORMS.join(', ') }),
    account: Type.String({
      pattern: '^[\\w.@-]{1,100}$',
      description:
        'Google: customer id. Meta: ad account. Yandex: login. VK and file: a name. A plan names it.',
    }),
    currency: Type.String({ pattern: '^[A-Z]{3}$', description: 'Currency the account is kept in.' }),
    developerToken: secret('Google: developer token.'),
    developerTokenFile: secretFile,
    clientId: Type.String({
      default: '',
      description: 'Google, VK: OAuth client. Meta, Yandex: the app, where tokens are to be renewed.',
    }),
    clientSecret: secret('Its secret.'),
    clientSecretFile: secretFile,
    refreshToken: secret(
      'Google: refresh token of a user with access. Yandex: the one that came with the token.',
    ),
    refreshTokenFile: secretFile,
    accessToken: secret('Meta: token of a system user. Yandex: OAuth token.'),
    accessTokenFile: secretFile,
    loginCustomerId: Type.Optional(
      Type.String({ description: 'Google: the manager account this one is reached through.' }),
    ),
    agencyClient: Type.Optional(Type.String({ description: 'VK: of an agency, whose account.' })),
    goalValue: Type.Optional(
      Type.Number({ minimum: 0, description: 'VK: what one goal is worth; VK tells goals and no value.' }),
    ),
    conversionAction: Type.Optional(
      Type.String({ description: 'Meta: the action that counts as a conversion (purchase).' }),
    ),
    apiVersion: Type.Optional(
      Type.String({
        pattern: '^v\\d+(\\.\\d+)?$',
        description: 'Google (v26), Meta (v25.0), Yandex (v5 or v501).',
      }),
    ),
    spendFile: Type.Optional(Type.String({ description: 'file: CSV or NDJSON with what was spent.' })),
    proposalsFile: Type.Optional(Type.String({ description: 'file: where proposals are appended to.' })),
    baseUrl: Type.Optional(
      Type.String({ description: 'Another address of the API, for proxies and tests.' }),
    ),
    tokenUrl: Type.Optional(
      Type.String({ description: 'Google, Yandex: another address of the token server.' }),
    ),
    hostsAllowed: Type.Array(Type.String(), {
      default: [],
      description: 'Private hosts that may be reached.',
    }),
  },
  { additionalProperties: false },
)
export type AdAccount = Static<typeof adAccountSchema>

/** Secrets from files and, where neither is given, from `WINDVANE_<PLATFORM>_<NAME>`. */
export const withAdSecrets = (
  account: AdAccount,
  env: Readonly<Record<string, string | undefined>>,
  read: (setting: string, file: string) => string,
): AdAccount => ({
  ...account,
  ...Object.fromEntries(
    AD_SECRETS.map((name) => {
      const file = account[`${name}File`]
      const value = file === '' ? account[name] : read(`ads.${name}File`, file)
      return [name, value === '' ? (env[environmentName(account.platform, name)] ?? '') : value]
    }),
  ),
})

/** @example environmentName('google-ads', 'refreshToken') === 'WINDVANE_GOOGLE_ADS_REFRESH_TOKEN' // true */
export const environmentName = (platform: string, name: string): string =>
  `WINDVANE_${platform}_${name}`
    .replaceAll('-', '_')
    .replaceAll(/[A-Z](?=[a-z])/g, '_$&')
    .toUpperCase()
