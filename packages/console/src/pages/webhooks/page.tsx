import { Page } from "../../shared/page.tsx";

export function WebhooksPage() {
  return <Page title="WebhooksPage">…</Page>;
}
