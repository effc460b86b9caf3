import { Page } from "../../shared/page.tsx";

export function FindingPage() {
  return <Page title="FindingPage">…</Page>;
}
