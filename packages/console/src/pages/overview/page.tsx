import { useOrganization } from "../../session.ts";
import { Page } from "../../shared/page.tsx";

export function OverviewPage() {
  const { name } = useOrganization();
  return <Page title={name}>…</Page>;
}
