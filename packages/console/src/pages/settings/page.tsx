import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useOrganization } from "../../session.ts";
import { Loaded } from "../../shared/loaded.tsx";
import { Page } from "../../shared/page.tsx";
import { ExceptionRule } from "./exception-rule.tsx";
import { Kept } from "./kept.tsx";
import { Overdue } from "./overdue.tsx";
import { exceptionRuleQuery, findingRuleQuery, organizationQuery, receiptRuleQuery, serverQuery } from "./queries.ts";
import { ReceiptRule } from "./receipt-rule.tsx";
import { Section } from "./section.tsx";
import { StackPermission } from "./stack-permission.tsx";

/** What the organization allows and wants. A form begins again when what is set has changed. */
export function SettingsPage() {
  const { name: org } = useOrganization();
  const organization = useQuery(organizationQuery(org));
  const exceptions = useQuery(exceptionRuleQuery(org));
  const receipts = useQuery(receiptRuleQuery(org));
  const findings = useQuery(findingRuleQuery(org));
  const server = useQuery(serverQuery);
  return (
    <Page title="Settings" about="What the organization allows and wants. Every change is in the audit log.">
      <Stack maw={760}>
        <Section
          title="Exceptions"
          about="They let violations through. What is set here bounds new ones; those that there are stay as they are."
          id="exceptions"
        >
          <Loaded query={exceptions}>{({ reply, etag }) => <ExceptionRule now={reply} etag={etag} />}</Loaded>
        </Section>
        <Section
          title="Receipts"
          about="A receipt says which policies an update had to run, and what it reported of them."
          id="receipts"
        >
          <Loaded query={receipts}>{({ required }) => <ReceiptRule key={String(required)} now={required} />}</Loaded>
        </Section>
        <Section
          title="Overdue findings"
          about="How many days after it was first seen an open finding is overdue, by its severity; empty for never. It changes what is shown, and stops nothing."
          id="overdue"
        >
          <Loaded query={findings}>
            {({ overdueAfterDays: days }) => <Overdue key={JSON.stringify(days)} now={days} />}
          </Loaded>
        </Section>
        <Section
          title="Stacks"
          about="What members may do with stacks that they did not make and that no team of theirs has."
          id="stacks"
        >
          <Loaded query={organization}>
            {({ defaultStackPermission: now }) => <StackPermission key={now} now={now} />}
          </Loaded>
        </Section>
        <Section title="What is kept" about="The same for all organizations. Who runs the server sets it." id="kept">
          <Loaded query={server}>{({ keeps }) => <Kept keeps={keeps} />}</Loaded>
        </Section>
      </Stack>
    </Page>
  );
}
