// Delivery events as a line of text.

/** The telling fields of a delivery event, for a line of text. */
export const detailOf = (data: unknown): string => {
  const { kind, response, code, message, reason, reasons, url, machine } = data as Readonly<
    Record<string, unknown>
  >
  const codes = Array.isArray(reasons)
    ? reasons.map((entry: { code: string; detail: string }) => `${entry.code} ${entry.detail}`.trim())
    : []
  return [kind, machine === true ? '(machine)' : '', response, code, message, reason, ...codes, url]
    .filter((part): part is string => typeof part === 'string' && part !== '')
    .join(' ')
}
