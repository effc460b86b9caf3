import { Page } from "../../shared/page.tsx";

export function PolicyPackPage() {
  return <Page title="PolicyPackPage">…</Page>;
}
