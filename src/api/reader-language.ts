// The language of whoever asks, as they say in the address.

import type { FastifyRequest } from 'fastify'
import type { Language } from './views/sources.ts'

/** `?lang=ru`; English for any other. */
export const languageOf = ({ query }: FastifyRequest): Language =>
  (query as { readonly lang?: string }).lang === 'ru' ? 'ru' : 'en'
