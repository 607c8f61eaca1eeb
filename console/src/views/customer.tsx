export function CustomerView(_props: { readonly id?: string; readonly openId?: string | null }) {
  return <p>…</p>
}
