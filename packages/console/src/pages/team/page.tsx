import { Page } from "../../shared/page.tsx";

export function TeamPage() {
  return <Page title="TeamPage">…</Page>;
}
