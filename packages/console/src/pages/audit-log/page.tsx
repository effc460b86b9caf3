import { Page } from "../../shared/page.tsx";

export function AuditLogPage() {
  return <Page title="AuditLogPage">…</Page>;
}
