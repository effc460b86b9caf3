import { Page } from "../../shared/page.tsx";

export function PolicyGroupPage() {
  return <Page title="PolicyGroupPage">…</Page>;
}
