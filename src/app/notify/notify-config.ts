// Settings of the ways by which people are told and asked outside the console.

import { Type } from 'typebox'

export const notifySchema = Type.Object(
  {
    mailFrom: Type.String({
      default: '',
      description: 'Sender of notices to people; windvane@ the mail server when empty.',
    }),
    telegramToken: Type.String({
      default: '',
      description: 'Token of the bot that people are told and asked by.',
    }),
    telegramTokenFile: Type.String({
      default: '',
      description: 'A file with the token, for secrets that are mounted.',
    }),
    telegramApi: Type.String({
      default: 'https://api.telegram.org',
      description: 'Where its API is, for a server of one’s own.',
    }),
    telegramHostsAllowed: Type.Array(Type.String(), {
      default: [],
      description: 'Private hosts that this may be on.',
    }),
    webhookUrl: Type.String({ default: '', description: 'Where notices are posted to, signed.' }),
    webhookSecret: Type.String({
      default: '',
      description: 'whsec_… (Standard Webhooks): signs notices, and answers that come back.',
    }),
    webhookHostsAllowed: Type.Array(Type.String(), {
      default: [],
      description: 'Private hosts that may be reached.',
    }),
  },
  { additionalProperties: false },
)
