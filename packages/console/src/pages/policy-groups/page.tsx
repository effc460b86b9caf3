import { Page } from "../../shared/page.tsx";

export function PolicyGroupsPage() {
  return <Page title="PolicyGroupsPage">…</Page>;
}
