import { Page } from "../../shared/page.tsx";

export function PolicyPacksPage() {
  return <Page title="PolicyPacksPage">…</Page>;
}
