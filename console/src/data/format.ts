// Numbers, money and times for people, by Intl, in the language chosen and the business's currency and
// time zone.

export type Format = {
  readonly number: (value: number) => string
  readonly compact: (value: number) => string
  readonly money: (value: number) => string
  /** For axes: no decimals where there are none. */
  readonly moneyAxis: (value: number) => string
  /** With its sign, also for a gain. */
  readonly moneySigned: (value: number) => string
  readonly percent: (share: number) => string
  /** Short decimal for scores. */
  readonly score: (value: number) => string
  /** Up to two decimals. */
  readonly decimal: (value: number) => string
  readonly dateTime: (at: number) => string
  readonly clock: (at: number) => string
  readonly clockShort: (at: number) => string
  readonly day: (at: number) => string
  readonly time: (at: number) => string
  /** Whole days and months of UTC, with their year. */
  readonly date: (at: number) => string
  readonly month: (at: number) => string
  readonly bytes: (value: number) => string
}

export type FormatOptions = { readonly lang: string; readonly currency: string; readonly timeZone: string }

/** Formatters for one language and business; an unknown currency or zone falls back to a plain number or UTC. */
export function createFormat(options: FormatOptions): Format {
  const { lang } = options
  const timeZone = knownZone(options.timeZone)
  const number = new Intl.NumberFormat(lang, { maximumFractionDigits: 0 })
  const compact = new Intl.NumberFormat(lang, { notation: 'compact', maximumFractionDigits: 1 })
  const percent = new Intl.NumberFormat(lang, { style: 'percent', maximumFractionDigits: 1 })
  const score = new Intl.NumberFormat(lang, { minimumFractionDigits: 3, maximumFractionDigits: 3 })
  const decimal = new Intl.NumberFormat(lang, { maximumFractionDigits: 2 })
  const time = (parts: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(lang, { timeZone, ...parts })
    return (at: number) => (Number.isFinite(at) ? format.format(at) : '')
  }
  const byte = new Intl.NumberFormat(lang, {
    style: 'unit',
    unit: 'megabyte',
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  })
  return {
    number: (value) => number.format(value),
    compact: (value) => (Math.abs(value) < 10_000 ? number.format(value) : compact.format(value)),
    money: moneyFormat(options, 'auto'),
    moneySigned: moneyFormat(options, 'exceptZero'),
    moneyAxis: moneyFormat(options, 'exceptZero', 'stripIfInteger'),
    percent: (share) => percent.format(share),
    score: (value) => score.format(value),
    decimal: (value) => decimal.format(value),
    dateTime: time({ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    clock: time({
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }),
    clockShort: time({ weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    day: time({ day: 'numeric', month: 'short' }),
    time: time({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    date: time({ day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }),
    month: time({ month: 'long', year: 'numeric', timeZone: 'UTC' }),
    bytes: (value) => byte.format(value / 1_000_000),
  }
}

/** Small amounts keep two decimals, large ones none: a column of either kind lines up by itself. */
function moneyFormat(
  options: FormatOptions,
  signDisplay: 'auto' | 'exceptZero',
  trailingZeroDisplay: 'auto' | 'stripIfInteger' = 'auto',
): (value: number) => string {
  const { lang, currency } = options
  const inCurrency = knownCurrency(currency)
    ? ({ style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const)
    : {}
  const make = (digits: number) =>
    new Intl.NumberFormat(lang, {
      ...inCurrency,
      signDisplay,
      trailingZeroDisplay,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
  const fine = make(2)
  const whole = make(0)
  // A word joiner after the sign, or a line may break between "+" and the symbol.
  return (value) => (Math.abs(value) < 1000 ? fine : whole).format(value).replace(/^[+\-\u2212]/, '$&\u2060')
}

function knownCurrency(currency: string): boolean {
  return /^[A-Za-z]{3}$/.test(currency)
}

function knownZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone
  } catch {
    // A zone this browser does not know: UTC is at least the same for everybody.
    return 'UTC'
  }
}
