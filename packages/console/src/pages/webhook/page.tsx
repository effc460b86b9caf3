import { Page } from "../../shared/page.tsx";

export function WebhookPage() {
  return <Page title="WebhookPage">…</Page>;
}
