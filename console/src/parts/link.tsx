// A link inside the console: a real address for the browser (new tab, copy), no reload for a plain click.

import { useSyncExternalStore, type AnchorHTMLAttributes, type MouseEvent } from 'react'
import { go, parseRoute, readAddress, subscribeRoute, type Route } from '../data/route.ts'

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { readonly href: string }

export function Link({ href, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return
    event.preventDefault()
    go(href)
  }
  return <a href={href} onClick={follow} {...rest} />
}

/** The address as a route and its query; re-renders when it changes. */
export function useRoute(): Route & { readonly query: URLSearchParams } {
  const address = useSyncExternalStore(subscribeRoute, readAddress)
  const url = new URL(address, location.origin)
  return { ...parseRoute(url.pathname), query: url.searchParams }
}
