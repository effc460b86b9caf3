import { Page } from "../../shared/page.tsx";

export function UpdatePage() {
  return <Page title="UpdatePage">…</Page>;
}

export function PreviewPage() {
  return <Page title="PreviewPage">…</Page>;
}
