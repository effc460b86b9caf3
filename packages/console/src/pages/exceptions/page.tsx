import { Page } from "../../shared/page.tsx";

export function ExceptionsPage() {
  return <Page title="ExceptionsPage">…</Page>;
}
