import { Page } from "../../shared/page.tsx";

export function TeamsPage() {
  return <Page title="TeamsPage">…</Page>;
}
