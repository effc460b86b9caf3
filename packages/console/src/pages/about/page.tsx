import { Page } from "../../shared/page.tsx";

export function AboutPage() {
  return <Page title="AboutPage">…</Page>;
}
