import { Empty } from "../shared/empty.tsx";
import { Go } from "../shared/links.tsx";
import { Page } from "../shared/page.tsx";

export function NotFound() {
  return (
    <Page title="There is no such page">
      <Empty title="Nothing is here, or you may not see it">
        Check the address, or <Go to="/">start from the overview</Go>.
      </Empty>
    </Page>
  );
}
