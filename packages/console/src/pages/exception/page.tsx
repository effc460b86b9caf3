import { Page } from "../../shared/page.tsx";

export function ExceptionPage() {
  return <Page title="ExceptionPage">…</Page>;
}
