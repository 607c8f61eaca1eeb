// Starts the console: the key out of the address first, then language and theme, then the page.

import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { RequestFailure } from './data/client.ts'
import { look, takeKeyFromAddress } from './data/session.ts'
import { applySettings } from './data/settings.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/shell.css'
import './styles/dialogs.css'
import './styles/parts.css'
import './styles/charts.css'
import './styles/brief.css'
import './styles/decisions.css'
import './styles/views.css'
import './styles/money.css'
import './styles/brand.css'
import './styles/models.css'
import './styles/gate.css'
import './styles/ahead.css'
import './styles/access.css'
import './styles/governance.css'
import './styles/narrow.css'

takeKeyFromAddress()
void look()
// A key pasted into the address of an open page changes only the hash.
addEventListener('hashchange', takeKeyFromAddress)
applySettings()

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 4000,
      gcTime: 120_000,
      // What the server refused stays refused; a broken network is worth two more tries.
      retry: (count, error) => error instanceof RequestFailure && error.kind === 'offline' && count < 2,
      networkMode: 'always',
    },
  },
})

const root = document.getElementById('root')
if (root === null) throw new TypeError('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
)
