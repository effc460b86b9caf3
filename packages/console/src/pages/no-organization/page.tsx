import { useSession } from "../../session.ts";
import { Empty } from "../../shared/empty.tsx";
import { Page } from "../../shared/page.tsx";

/** For somebody whom nobody has added to an organization yet. */
export function NoOrganizationPage() {
  const { login } = useSession();
  return (
    <Page title="Welcome">
      <Empty title="You are not in any organization yet" command={`quillon org member add ORGANIZATION ${login}`}>
        Ask an admin of one to add you. They type:
      </Empty>
    </Page>
  );
}
