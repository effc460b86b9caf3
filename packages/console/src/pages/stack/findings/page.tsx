import { Page } from "../../../shared/page.tsx";

export function StackFindingsPage() {
  return <Page title="StackFindingsPage">…</Page>;
}
