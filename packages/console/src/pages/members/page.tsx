import { Page } from "../../shared/page.tsx";

export function MembersPage() {
  return <Page title="MembersPage">…</Page>;
}
