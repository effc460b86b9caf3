import { Text } from "@mantine/core";
import { Go } from "../../shared/links.tsx";
import { Page } from "../../shared/page.tsx";

/** Where the CLI sends the browser when it has its token. */
export function WelcomePage() {
  return (
    <Page title="The Pulumi CLI is logged in">
      <Text>
        You can close this page, or <Go to="/">see what is enforced</Go>.
      </Text>
    </Page>
  );
}
