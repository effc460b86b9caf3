import { Page } from "../../../shared/page.tsx";

export function ResourcesPage() {
  return <Page title="ResourcesPage">…</Page>;
}
