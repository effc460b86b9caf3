import { Page } from "../../shared/page.tsx";

export function CompliancePage() {
  return <Page title="CompliancePage">…</Page>;
}
