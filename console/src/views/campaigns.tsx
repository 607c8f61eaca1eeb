export function CampaignsView(_props: { readonly id?: string; readonly openId?: string | null }) {
  return <p>…</p>
}
