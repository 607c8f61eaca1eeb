// The few drawings the console needs, inline so that they follow the text's colour. All are decoration:
// the words beside them carry the meaning.

import type { ReactNode } from 'react'
import type { View } from '../data/route.ts'

function Icon({ children, size = 18 }: { readonly children: ReactNode; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  )
}

/** The product's mark: a vane on its mast. */
export function VaneMark() {
  return (
    <Icon size={22}>
      <path d="M12 9v12M8.5 21h7" />
      <path d="M2.5 7.5 9 5v5z" fill="currentColor" />
      <path d="M9 7.5h8l4-3v6l-4-3" />
    </Icon>
  )
}

const VIEW_PATHS: Readonly<Record<View, string>> = {
  brief: 'M4 5h16M4 10h16M4 15h10M4 20h7',
  approvals: 'M4 12l5 5L20 6M4 21h16',
  guardrails: 'M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6z',
  decisions: 'M5 4v6a4 4 0 0 0 4 4h10M15 10l4 4-4 4M5 14v6',
  customers: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c1-4 4-6 8-6s7 2 8 6',
  models: 'M12 3v4M12 17v4M5 7h14v10H5zM9 11v2M15 11v2M3 12h2M19 12h2',
  impact: 'M4 20V4M4 20h16M7 15l4-5 4 3 5-7',
  attribution: 'M4 6h6l4 12h6M4 18h6l4-12h6M18 4l2 2-2 2M18 16l2 2-2 2',
  recommendations: 'M4 5h7v6H4zM13 5h7v6h-7zM4 13h7v6H4zM16.5 14v4M14.5 16h4',
  brand: 'M12 12h.01M8 8a6 6 0 0 0 0 8M16 8a6 6 0 0 1 0 8M5 5a10 10 0 0 0 0 14M19 5a10 10 0 0 1 0 14',
  kpis: 'M4 20V10M10 20V4M16 20v-8M22 20H2',
  money: 'M4 7c0-2 16-2 16 0v10c0 2-16 2-16 0zM4 7c0 2 16 2 16 0M4 12c0 2 16 2 16 0',
  campaigns: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4',
  settings: 'M12 15v3M7 11V8a5 5 0 0 1 10 0v3M5 11h14v10H5z',
  privacy: 'M4 4h16v6H4zM6 10v10h12V10M9 6.5h6M9.5 15l2 2 3.5-4',
  audit: 'M6 3h9l4 4v14H6zM9 11h7M9 15h7M9 7h3',
  health: 'M3 12h4l2.5-7 5 14L17 12h4',
}

export function ViewIcon({ view }: { readonly view: View }) {
  return (
    <Icon>
      <path d={VIEW_PATHS[view]} />
    </Icon>
  )
}

export function ThemeIcon({ theme }: { readonly theme: 'system' | 'light' | 'dark' }) {
  return (
    <Icon size={16}>
      {theme === 'system' && (
        <>
          <circle cx="12" cy="12" r="8" />
          <path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor" />
        </>
      )}
      {theme === 'light' && (
        <>
          <circle cx="12" cy="12" r="4" />
          <path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4" />
        </>
      )}
      {theme === 'dark' && <path d="M19 14.5A8 8 0 0 1 9.5 5a8 8 0 1 0 9.5 9.5z" />}
    </Icon>
  )
}

export function CloseIcon() {
  return (
    <Icon>
      <path d="M6 6l12 12M18 6 6 18" />
    </Icon>
  )
}

export function MoreIcon() {
  return (
    <Icon>
      <path d="M5 12h.01M12 12h.01M19 12h.01" strokeWidth="3" />
    </Icon>
  )
}

export function SearchIcon() {
  return (
    <Icon size={16}>
      <circle cx="11" cy="11" r="6" />
      <path d="m20 20-4.5-4.5" />
    </Icon>
  )
}

/** Full, half and empty: the verdict by shape, not by colour alone. */
export function VerdictMark({ verdict }: { readonly verdict: 'act' | 'nothing' | 'withheld' }) {
  return (
    <svg
      className={`verdict-mark verdict-${verdict}`}
      width="10"
      height="10"
      viewBox="0 0 10 10"
      aria-hidden="true"
      focusable="false"
    >
      <circle
        cx="5"
        cy="5"
        r="4"
        fill={verdict === 'act' ? 'currentColor' : 'none'}
        stroke="currentColor"
        strokeWidth="1.5"
      />
      {verdict === 'withheld' && <path d="M5 1a4 4 0 0 0 0 8z" fill="currentColor" />}
    </svg>
  )
}
