// Reasons of STOP that the product itself gives, in the reader's language. They are fixed sentences, so that a STOP file
// says the same to whoever opens it; what people wrote is shown as they wrote it.

import type { Language } from '../stream.ts'

const RU: Readonly<Record<string, string>> = {
  'the STOP file cannot be read': 'файл STOP не читается',
  'stopped from the command line': 'остановлено из командной строки',
  'stopped by SIGUSR2': 'остановлено сигналом SIGUSR2',
  'suppression list full': 'список отписавшихся переполнен',
}
const RESTORED = /^restored from the backup of (\d{4}-\d\d-\d\d)T(\d\d:\d\d):\S*Z$/

/** @example stopReasonIn('ru', 'stopped from the command line') // 'остановлено из командной строки' */
export const stopReasonIn = (language: Language, reason: string): string => {
  // A STOP that was raised again tells both.
  return language === 'en' ? reason : reason.split('; ').map(oneInRussian).join('; ')
}

const oneInRussian = (reason: string): string => {
  const [, day = '', time = ''] = RESTORED.exec(reason) ?? []
  return day === '' ? (RU[reason] ?? reason) : `восстановлено из резервной копии от ${day} ${time} UTC`
}
