// The page before anybody is in: the mark, one form, language and theme.

import type { ReactNode } from 'react'
import { LangSwitch, ThemeSwitch } from './header.tsx'
import { VaneMark } from './icons.tsx'
import { useWords } from './words-context.tsx'

export function DoorFrame({ children }: { readonly children: ReactNode }) {
  const { t } = useWords()
  return (
    <main className="sign-in">
      <h1 className="brand">
        <VaneMark />
        {t('brand.name')}
      </h1>
      {children}
      <div className="sign-in-foot">
        <LangSwitch />
        <ThemeSwitch />
      </div>
    </main>
  )
}
