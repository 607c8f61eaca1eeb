export function NotFoundView(_props: { readonly id?: string; readonly openId?: string | null }) {
  return <p>…</p>
}
