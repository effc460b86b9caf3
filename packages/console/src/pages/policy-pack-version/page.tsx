import { Page } from "../../shared/page.tsx";

export function PolicyPackVersionPage() {
  return <Page title="PolicyPackVersionPage">…</Page>;
}
