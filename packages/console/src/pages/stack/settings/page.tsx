import { Page } from "../../../shared/page.tsx";

export function StackSettingsPage() {
  return <Page title="StackSettingsPage">…</Page>;
}
