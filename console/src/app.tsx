// The frame around every view: sign-in, header, what is stopped, the view itself, and the dialogs that
// can be called from anywhere.

import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from 'react'
import { readStanding, subscribeSession } from './data/session.ts'
import { readAddress, subscribeRoute } from './data/route.ts'
import { Header } from './parts/header.tsx'
import { useRoute } from './parts/link.tsx'
import { LiveProvider, useLive } from './parts/live-context.tsx'
import { BottomNav, SideNav } from './parts/nav.tsx'
import { NotLive } from './parts/not-live.tsx'
import { Palette } from './parts/palette.tsx'
import { ShortcutsDialog, useShortcuts } from './parts/shortcuts.tsx'
import { SettingsDialog } from './parts/settings-dialog.tsx'
import { SignIn } from './parts/sign-in.tsx'
import { Welcome } from './parts/welcome.tsx'
import { Loading } from './parts/states.tsx'
import { StopBanner } from './parts/stop-banner.tsx'
import { StopDialog } from './parts/stop-dialog.tsx'
import { ViewBoundary } from './parts/view-boundary.tsx'
import { WordsProvider, useWords } from './parts/words-context.tsx'
import { ApprovalsView } from './views/approvals.tsx'
import { BriefView } from './views/brief.tsx'
import { CampaignsView } from './views/campaigns.tsx'
import { CustomerView } from './views/customer.tsx'
import { CustomersView } from './views/customers.tsx'
import { DecisionsView } from './views/decisions.tsx'
import { GuardrailsView } from './views/guardrails.tsx'
import { HealthView } from './views/health.tsx'
import { ImpactView } from './views/impact.tsx'
import { AuditView } from './views/audit.tsx'
import { AttributionView } from './views/attribution.tsx'
import { RecommendationsView } from './views/recommendations.tsx'
import { KpisView } from './views/kpis.tsx'
import { BrandView } from './views/brand.tsx'
import { MoneyView } from './views/money.tsx'
import { ModelsView } from './views/models.tsx'
import { NotFoundView } from './views/not-found.tsx'

// Seldom opened; settings bring the drawing of QR codes along.
const PrivacyView = lazy(async () => ({ default: (await import('./views/privacy.tsx')).PrivacyView }))
const SettingsView = lazy(async () => ({ default: (await import('./views/settings.tsx')).SettingsView }))

const NO_BUSINESS = { currency: '', timeZone: 'UTC' }

/** Which dialog is open over the page. */
export type Overlay = 'none' | 'stop' | 'palette' | 'shortcuts' | 'settings'

export function App() {
  const standing = useSyncExternalStore(subscribeSession, readStanding)
  const atWelcome = useSyncExternalStore(subscribeRoute, readAddress).startsWith('/welcome')
  const client = useQueryClient()
  useEffect(() => {
    // Whoever comes next in this browser sees nothing of who was here before.
    if (standing === 'out') client.clear()
  }, [standing, client])
  if (standing !== 'in' || atWelcome) {
    return (
      <WordsProvider business={NO_BUSINESS}>
        {atWelcome ? <Welcome /> : standing === 'out' ? <SignIn /> : <Loading />}
      </WordsProvider>
    )
  }
  return (
    <LiveProvider>
      <Business>
        <Shell />
      </Business>
    </LiveProvider>
  )
}

function Business({ children }: { readonly children: ReactNode }) {
  const { brief } = useLive()
  return <WordsProvider business={brief?.business ?? NO_BUSINESS}>{children}</WordsProvider>
}

function Shell() {
  const { t } = useWords()
  const [overlay, setOverlay] = useState<Overlay>('none')
  const close = () => setOverlay('none')
  useShortcuts(setOverlay)
  return (
    <div className="shell">
      <a className="skip-link" href="#view">
        {t('nav.skip')}
      </a>
      <Header onOpen={setOverlay} />
      <StopBanner />
      <NotLive />
      <div className="shell-body">
        <SideNav />
        <CurrentView />
      </div>
      <BottomNav />
      {overlay === 'stop' && <StopDialog onClose={close} />}
      {overlay === 'palette' && <Palette onClose={close} onOpen={setOverlay} />}
      {overlay === 'shortcuts' && <ShortcutsDialog onClose={close} />}
      {overlay === 'settings' && <SettingsDialog onClose={close} />}
    </div>
  )
}

function CurrentView() {
  const { t } = useWords()
  const { view, id } = useRoute()
  const ref = useRef<HTMLElement>(null)
  const first = useRef(true)
  const title = view === 'unknown' ? t('missing.title') : t(`nav.${view}`)
  useEffect(() => {
    document.title = t('nav.pageTitle', { view: title })
  }, [t, title])
  useEffect(() => {
    // A new view starts at its top, and a screen reader starts reading there; not on the first load.
    if (first.current) first.current = false
    else {
      scrollTo(0, 0)
      ref.current?.focus({ preventScroll: true })
    }
  }, [view])
  return (
    <main id="view" ref={ref} tabIndex={-1} className={`view view-${view}`}>
      <ViewBoundary key={view}>
        {view === 'brief' && <BriefView />}
        {view === 'approvals' && <ApprovalsView openId={id} />}
        {view === 'guardrails' && <GuardrailsView />}
        {view === 'decisions' && <DecisionsView openId={id} />}
        {view === 'customers' && (id === null ? <CustomersView /> : <CustomerView key={id} id={id} />)}
        {view === 'models' && <ModelsView />}
        {view === 'impact' && <ImpactView />}
        {view === 'kpis' && <KpisView />}
        {view === 'attribution' && <AttributionView />}
        {view === 'recommendations' && <RecommendationsView />}
        {view === 'money' && <MoneyView />}
        {view === 'brand' && <BrandView />}
        {view === 'campaigns' && <CampaignsView />}
        {view === 'audit' && <AuditView />}
        {view === 'health' && <HealthView />}
        {view === 'privacy' && (
          <Suspense fallback={<Loading rows={6} />}>
            <PrivacyView />
          </Suspense>
        )}
        {view === 'settings' && (
          <Suspense fallback={<Loading rows={6} />}>
            <SettingsView />
          </Suspense>
        )}
        {view === 'unknown' && <NotFoundView />}
      </ViewBoundary>
    </main>
  )
}
