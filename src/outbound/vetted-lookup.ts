// Where outgoing requests may go: names are resolved and vetted at the moment of connecting, so that
// neither a private address, nor a name that points to one, nor one that changes its mind gets through.

import { lookup, type LookupAddress } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { Failure } from '../kernel/failure.ts'

const PRIVATE_V4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]
/** Of IPv6 only the public unicast space is taken, and of that not what carries or stands for other addresses. */
const PUBLIC_V6: readonly [string, number] = ['2000::', 3]
const TUNNELS_V6: readonly (readonly [string, number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

const blockedV4 = new BlockList()
for (const [net, prefix] of PRIVATE_V4) blockedV4.addSubnet(net, prefix, 'ipv4')
const publicV6 = new BlockList()
publicV6.addSubnet(...PUBLIC_V6, 'ipv6')
const tunnelsV6 = new BlockList()
for (const [net, prefix] of TUNNELS_V6) tunnelsV6.addSubnet(net, prefix, 'ipv6')

/** Whether an IP address is one on the public internet. */
export const isPublicAddress = (address: string): boolean => {
  const family = isIP(address.split('%')[0] ?? '')
  if (address.includes('%') || family === 0) return false
  if (family === 4) return !blockedV4.check(address, 'ipv4')
  return publicV6.check(address, 'ipv6') && !tunnelsV6.check(address, 'ipv6')
}

/** Every address of a name, as `dns.lookup` gives them. */
export type Resolve = (
  host: string,
  done: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void

const systemResolve: Resolve = (host, done) => lookup(host, { all: true }, done)

/**
 * A `lookup` for node's sockets that gives only public addresses. One private address among several
 * refuses the name. `isAllowed` names the intranet hosts that an operator vouches for.
 */
export const vettedLookup =
  (isAllowed: (host: string) => boolean, resolve: Resolve = systemResolve): LookupFunction =>
  (host, options, callback) =>
    resolve(host, (error, addresses) => {
      const [first] = addresses ?? []
      const fine = isAllowed(host) || addresses?.every(({ address }) => isPublicAddress(address))
      if (error !== null) callback(error, '', 0)
      else if (!fine || first === undefined) callback(addressRefused(host), '', 0)
      else if (options.all === true) callback(null, [...addresses])
      else callback(null, first.address, first.family)
    })

/** Below 1024 only the web's own ports: what listens on the others would take a request for something else. */
const isWebPort = (port: string): boolean =>
  port === '' || port === '80' || port === '443' || Number(port) > 1023

/** A literal address never comes to a lookup: it is vetted here. Throws Failure `url.refused`. */
export const vetUrl = (url: URL, isAllowed: (host: string) => boolean): void => {
  const host = hostOf(url)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw addressRefused(`${url.protocol}//`)
  if (url.username !== '' || url.password !== '') throw addressRefused('an address with a password in it')
  if (isAllowed(host)) return
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw addressRefused(host)
  if (!isWebPort(url.port)) throw addressRefused(`port ${url.port}`)
}

/** The host of an address, an IPv6 one without its brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

export const addressRefused = (what: string): Failure =>
  new Failure({
    code: 'url.refused',
    message: `${what} is not an address on the public internet`,
    hint: 'an operator can allow intranet hosts by name',
  })
