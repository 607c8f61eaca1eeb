// What one person chose for this browser: language, theme, single-key shortcuts. Kept in localStorage;
// a browser that refuses storage still works, and forgets.

export type Lang = 'en' | 'ru'
export type Theme = 'system' | 'light' | 'dark'
export type Settings = { readonly lang: Lang; readonly theme: Theme; readonly singleKeys: boolean }

const STORED_AS = 'windvane.settings'
const listeners = new Set<() => void>()
let current: Settings | null = null

export function readSettings(): Settings {
  current ??= load()
  return current
}

export function changeSettings(change: Partial<Settings>): void {
  current = { ...readSettings(), ...change }
  try {
    localStorage.setItem(STORED_AS, JSON.stringify(current))
  } catch {
    // Storage is refused or full: the choice lasts until the page is closed.
  }
  applySettings()
  for (const listener of listeners) listener()
}

export function subscribeSettings(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Puts language and theme on the document, where CSS and screen readers look for them. */
export function applySettings(): void {
  const { lang, theme } = readSettings()
  document.documentElement.lang = lang
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

/** The first of the browser's languages that there is a dictionary for. */
export function chooseLang(languages: readonly string[]): Lang {
  for (const language of languages) {
    if (language.toLowerCase().startsWith('ru')) return 'ru'
    if (language.toLowerCase().startsWith('en')) return 'en'
  }
  return 'en'
}

/** The browser's own variety of the language (en-GB, en-US, …) for dates and numbers; the bare language else. */
export function localeOf(lang: Lang, languages: readonly string[]): string {
  return languages.find((language) => language.toLowerCase().startsWith(lang)) ?? lang
}

function load(): Settings {
  const fallback: Settings = { lang: chooseLang(navigator.languages), theme: 'system', singleKeys: true }
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORED_AS) ?? '{}')
    return { ...fallback, ...known(stored) }
  } catch {
    // Unreadable or refused storage is the same as none.
    return fallback
  }
}

function known(stored: unknown): Partial<Settings> {
  const value = (typeof stored === 'object' ? stored : null) as Record<string, unknown> | null
  const { lang, theme, singleKeys } = value ?? {}
  return {
    ...(lang === 'en' || lang === 'ru' ? { lang } : {}),
    ...(theme === 'system' || theme === 'light' || theme === 'dark' ? { theme } : {}),
    ...(typeof singleKeys === 'boolean' ? { singleKeys } : {}),
  }
}
