// Character references of HTML, both ways, as far as links and plain text need them.

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
  colon: ':',
  sol: '/',
  lpar: '(',
  rpar: ')',
  Tab: '\t',
  NewLine: '\n',
  copy: '©',
  reg: '®',
  trade: '™',
  hellip: '…',
  mdash: '—',
  ndash: '–',
  laquo: '«',
  raquo: '»',
  ldquo: '“',
  rdquo: '”',
  lsquo: '‘',
  rsquo: '’',
  bull: '•',
  euro: '€',
  zwnj: '\u200c',
  shy: '\u00ad',
}

/** Text with its character references resolved; unknown ones stay as they are. */
export const decodeEntities = (text: string): string =>
  text.includes('&')
    ? text.replace(
        /&(?:#(\d{1,7});?|#[xX]([0-9a-fA-F]{1,6});?|([A-Za-z]{2,8});)/g,
        (whole, decimal, hex, name) => {
          if (typeof name === 'string') return NAMED[name] ?? whole
          const point =
            typeof decimal === 'string' ? Number.parseInt(decimal, 10) : Number.parseInt(String(hex), 16)
          return point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)
            ? String.fromCodePoint(point)
            : ''
        },
      )
    : text

/** For an attribute's value in double quotes; references already in `text` stay references. */
export const escapeAttribute = (text: string): string =>
  text.replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** For any place in HTML: every sign that could mean something becomes a reference. */
export const escapeHtml = (text: string): string =>
  escapeAttribute(text.replaceAll('&', '&amp;')).replaceAll("'", '&#39;')
