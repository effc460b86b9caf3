import { Page } from "../../shared/page.tsx";

export function FindingsPage() {
  return <Page title="FindingsPage">…</Page>;
}
